"""What is learned: recognisers, embedders, classifiers, and where their weights come from."""
