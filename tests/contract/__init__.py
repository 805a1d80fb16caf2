"""What every channel must do, written once and inherited by the tests of each."""
