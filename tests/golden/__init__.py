"""Files that earlier versions wrote, one folder for each stored format; every later version reads them."""
