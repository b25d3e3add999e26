"""The tool chain behind the Makefile; needs Python alone until the environment is built."""
