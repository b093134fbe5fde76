"""Whether decisions withstand what will happen to the inputs."""
