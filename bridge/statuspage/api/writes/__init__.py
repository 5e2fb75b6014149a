"""What is asked of Statuspage: frozen values, checked when they are made, so that what is out of bounds is told before anything is sent. One module for each kind of resource."""
