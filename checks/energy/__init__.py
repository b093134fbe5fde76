"""What using the model costs in energy, measured where it is possible and modelled where it is not."""
