"""The filters, one room for each; ``make`` finds the room."""
