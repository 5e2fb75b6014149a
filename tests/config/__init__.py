"""Tests of rule files; a package because they share `loading`."""
