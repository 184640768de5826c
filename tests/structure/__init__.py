"""What must hold of the whole tree, read from its code and its pages."""
