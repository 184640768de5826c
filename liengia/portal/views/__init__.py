"""The portal's views: pages of the tree, and copies of pictures and files."""
