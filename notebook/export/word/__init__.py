"""What a Word document is put together from."""
