"""Dates and times in admin, where Django has American ones or none. The public pages use
`signatures.web.languages.localized_numbers`."""
