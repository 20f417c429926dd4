"""A notebook as a file to take home: Word, one web page, an archive that opens elsewhere, a Jupyter notebook."""
