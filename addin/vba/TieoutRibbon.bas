Option Explicit
' The ribbon runs the macros of the control workbook, so that only that workbook's own settings are ever used.

Public Sub RibbonRunSync(control As IRibbonControl): Forward "RunSync": End Sub
Public Sub RibbonPushToManage(control As IRibbonControl): Forward "PushToManage": End Sub
Public Sub RibbonUndoPush(control As IRibbonControl): Forward "UndoPush": End Sub
Public Sub RibbonExportAudit(control As IRibbonControl): Forward "ExportAudit": End Sub
Public Sub RibbonCheckSetup(control As IRibbonControl): Forward "CheckSetup": End Sub
Public Sub RibbonTrial(control As IRibbonControl): Forward "Trial": End Sub
Public Sub RibbonCancel(control As IRibbonControl): Forward "Cancel": End Sub

Public Sub RibbonOpenWorkbook(control As IRibbonControl)
    If Not OpenOne() Is Nothing Then OpenOne().Activate: Exit Sub
    If Dir(ControlWorkbook()) <> "" Then Application.Workbooks.Open ControlWorkbook(): Forward "Auto_Open": Exit Sub
    MsgBox Replace("$absent", "{path}", ControlWorkbook()), vbInformation, "Tieout"
End Sub

Private Sub Forward(ByVal macro As String)
    If OpenOne() Is Nothing Then MsgBox "$closed", vbInformation, "Tieout": Exit Sub
    Application.Run "'" & Replace(OpenOne().Name, "'", "''") & "'!TieoutButtons." & macro
End Sub

Private Function OpenOne() As Workbook
    Dim book As Workbook
    For Each book In Application.Workbooks
        If StrComp(book.FullName, ControlWorkbook(), vbTextCompare) = 0 Then Set OpenOne = book
    Next book
End Function

Private Function ControlWorkbook() As String: ControlWorkbook = ThisWorkbook.Worksheets(1).Range("A1").Value: End Function
