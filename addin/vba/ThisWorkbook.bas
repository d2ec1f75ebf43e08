Private WithEvents excel As Application
Private Sub Workbook_Open(): Set excel = Application: End Sub
Private Sub excel_WorkbookActivate(ByVal Wb As Workbook): RibbonRefresh: End Sub
Private Sub excel_SheetChange(ByVal Sh As Object, ByVal Target As Range): RibbonRefresh: End Sub
