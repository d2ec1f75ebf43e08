Option Explicit
' Each button runs one entry point in Python; whatever is to be decided or said is decided and said there.

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

Private Sub Start(ByVal task As String)
    Dim failed As Boolean
    Application.StatusBar = "Tieout is starting..."
    failed = (RunPython("import addin.entry; addin.entry." & task & "()") = -1)
    If failed Then
        ThisWorkbook.Worksheets("Figures").Range("B1").Value = "Tieout stopped before it could say how it ended. Press the " & _
            "button again: what was written is recognised. If it never starts, build this workbook anew: tieout workbook."
    End If
    Application.StatusBar = False
End Sub
