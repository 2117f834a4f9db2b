"""Questions to servers of maps about a place (GetFeatureInfo), and their answers as text."""
