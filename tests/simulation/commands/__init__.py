"""What operators command, judged by the page: whatever is accepted is done, across crashes, and a person who acts on the page afterwards wins."""
