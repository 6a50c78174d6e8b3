"""What is written: policy articles, the responsibility catalogue, the gazetteer, and search over them."""
