"""What Keras means by a file's configuration and arrays: one row a part, and where its numbers stand."""

__all__: list[str] = []
