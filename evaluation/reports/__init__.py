"""Reports to look at: pages, pictures, and the words beside them."""
