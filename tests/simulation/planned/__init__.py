"""What a dry run says would be sent now, compared with what the daemon then sends."""
