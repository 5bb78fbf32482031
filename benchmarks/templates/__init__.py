"""How much of a page an element-wise cache between pages of one site could spare."""
