"""What the model achieves: performance with bounds, and whether the vendor's claims hold."""
