Option Explicit
' Each button has its task done in Python: by the companion, which works beside Excel, else by RunPython.
Private without As Boolean
Public Sub Auto_Open(): ByCompanion "opened": End Sub
Public Sub RunSync()
    Press "sync"
End Sub
Public Sub PushToManage()
    Press "push"
End Sub
Public Sub ExportAudit()
    Press "export"
End Sub
Public Sub CheckSetup()
    Press "check"
End Sub
Public Sub Trial()
    Press "trial"
End Sub
Public Sub UndoPush()
    Press "undo"
End Sub
Public Sub Cancel()
    On Error Resume Next: Say CreateObject("$companion").Cancel("$language")
End Sub
Public Sub GiveBack()
    On Error Resume Next: Application.OnKey "{ESC}": Application.StatusBar = False
End Sub
Public Function Ask(ByVal style As Variant) As Variant: Ask = MsgBox(Status.Value, style, "Tieout"): End Function
Public Function AskDay() As Variant: AskDay = Application.InputBox(Status.Value, "Tieout", , , , , , 1): End Function

Public Sub Press(ByVal task As Variant)
    On Error GoTo Refused
    Application.StatusBar = "$starting"
    If ByCompanion(task) Then Exit Sub
    Status.Value = "$starting"
    If RunPython("import tieout; tieout.put_installed_first(); import addin.entry; addin.entry.press('" & task & "', '$language')") = -1 _
        Or Status.Value = "$starting" Then Status.Value = "$stopped"
    GiveBack
    Exit Sub
Refused:
    Say Replace(Replace("$refused", "{number}", Err.Number), "{why}", Err.Description)
    GiveBack
End Sub

Private Function ByCompanion(ByVal task As Variant) As Boolean
    Dim companion As Object, said As String
    If without Then Exit Function
    On Error Resume Next
    Set companion = CreateObject("$companion")
    said = companion.Start(task, "$language", ThisWorkbook)
    If Err.Number <> 0 Then without = True: Exit Function
    ByCompanion = True
    If said <> "" Then Say said: Exit Function
    Application.OnKey "{ESC}", "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!TieoutButtons.Cancel"
End Function

Private Sub Say(ByVal words As String)
    On Error Resume Next: Status.Value = words: If Err.Number <> 0 Then MsgBox words, vbExclamation, "Tieout"
    Application.StatusBar = False
End Sub
Private Function Status() As Range: Set Status = ThisWorkbook.Worksheets("Figures").Range("$status"): End Function
