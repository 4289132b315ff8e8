"""The shapes that HTTP takes and gives; names are those of the contract."""
