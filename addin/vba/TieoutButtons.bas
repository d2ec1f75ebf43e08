Option Explicit
' Each button runs one entry point in Python; whatever is to be decided or said is decided and said there, in the
' language that this workbook was built in.

Public Sub RunSync()
    Start "run_sync"
End Sub
Public Sub PushToManage()
    Start "push"
End Sub
Public Sub ExportAudit()
    Start "export_audit"
End Sub
Public Sub CheckSetup()
    Start "check_setup"
End Sub
Public Sub Trial()
    Start "trial"
End Sub

Private Sub Start(ByVal task As String)
    Dim failed As Boolean
    Application.StatusBar = "$starting"
    failed = (RunPython("import tieout; tieout.put_installed_first(); import addin.entry; addin.entry." & task & "('$language')") = -1)
    If failed Then
        ThisWorkbook.Worksheets("Figures").Range("$status").Value = "$stopped"
    End If
    Application.StatusBar = False
End Sub
