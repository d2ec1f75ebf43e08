Attribute VB_Name = "xlwings"
Option Explicit

' Stands in for the module that xlwings ships: the same function, another way to Python.
' The words between at-signs are filled in by macros.stub.

Public Function RunPython(PythonCommand As String)
    Dim Done As String
    Dim Waited As Long
    Dim Answer As String
    Done = "@FOLDER@/done"
    RunPython = -1
    On Error GoTo Failed
    If Dir(Done) <> "" Then Kill Done
    WriteText "@FOLDER@/workbook", ThisWorkbook.Name
    WriteText "@FOLDER@/command", PythonCommand
    Shell "@PYTHON@", 0, "@ARGUMENTS@"
    Do While Dir(Done) = "" And Waited < @SECONDS@000
        Wait 20
        Waited = Waited + 20
    Loop
    If Dir(Done) = "" Then Exit Function
    Open Done For Input As #1
    Line Input #1, Answer
    Close #1
    If Answer = "0" Then RunPython = 0
    Exit Function
Failed:
    RunPython = -1
End Function

Private Sub WriteText(Path As String, Text As String)
    Open Path For Output As #1
    Print #1, Text
    Close #1
End Sub
