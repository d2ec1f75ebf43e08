Option Explicit
' The ribbon runs the macros of the control workbook, so that only that workbook's own settings are ever used.
Private shownBy As IRibbonUI

Public Sub RibbonLoaded(ribbon As IRibbonUI): Set shownBy = ribbon: End Sub
Public Sub RibbonPress(control As IRibbonControl): Forward "Press", control.Tag: End Sub
Public Sub RibbonCancel(control As IRibbonControl): Forward "Cancel": End Sub
Public Sub RibbonShow(control As IRibbonControl, ByRef shown As Variant): RibbonTell control, shown: shown = Left(shown, 48): End Sub
Public Sub RibbonTell(control As IRibbonControl, ByRef shown As Variant)
    On Error Resume Next: shown = ChrW(8211): shown = Left(Replace(OpenOne().Names(control.Tag).RefersToRange.Value, vbLf, " "), 1000)
End Sub
Public Sub RibbonRefresh(): On Error Resume Next: shownBy.Invalidate: End Sub

Public Sub RibbonOpenWorkbook(control As IRibbonControl)
    On Error Resume Next: If Not OpenOne() Is Nothing Then OpenOne().Activate: Exit Sub
    If Dir(ControlWorkbook()) <> "" Then Application.Workbooks.Open ControlWorkbook(): Forward "Auto_Open": Exit Sub
    MsgBox Replace("$absent", "{path}", ControlWorkbook()), vbInformation, "Tieout"
End Sub

Private Sub Forward(ByVal macro As String, Optional ByVal task As Variant)
    If OpenOne() Is Nothing Then MsgBox "$closed", vbInformation, "Tieout": Exit Sub
    On Error Resume Next: Application.Run "'" & Replace(OpenOne().Name, "'", "''") & "'!TieoutButtons." & macro, task
    If Err.Number <> 0 Then MsgBox Replace("$disabled", "{why}", Err.Description), vbExclamation, "Tieout"
End Sub

Private Function OpenOne() As Workbook
    Dim book As Workbook
    For Each book In Application.Workbooks
        If StrComp(book.FullName, ControlWorkbook(), vbTextCompare) = 0 Then Set OpenOne = book
    Next book
End Function

Private Function ControlWorkbook() As String: ControlWorkbook = ThisWorkbook.Worksheets(1).Range("A1").Value: End Function
