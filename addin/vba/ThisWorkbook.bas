Private WithEvents program As Application
Private Sub Workbook_Open(): Set program = Application: End Sub
Private Sub program_WorkbookActivate(ByVal Wb As Workbook): RibbonRefresh: End Sub
Private Sub program_SheetChange(ByVal Sh As Object, ByVal Target As Range): RibbonRefresh: End Sub
