"""How often each claim of the product is made where it is false, one module for each claim."""
