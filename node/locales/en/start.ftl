# The first run, settings and diagnosis in English.

## Frame
menu-registers = Registers
menu-work = To do
menu-pictures = Views and survey
menu-node = This node
menu-people = Contact persons
menu-interests = Expressions of interest
menu-programmes = Training programmes
menu-publications = Publications
menu-proposals = Proposals
menu-translations = Translations to do
menu-stale = Not verified for long
menu-sameas = Possible duplicates
menu-import = Import
menu-map = Map
menu-graph = Picture of the network
menu-calendar = Calendar
menu-survey = Survey of the networks
menu-export = Export
menu-partners = Partners
menu-devices = Machines
menu-settings = Settings
menu-backup = Backup
menu-diagnose = Diagnosis
menu-accessibility = Accessibility
menu-privacy = Privacy
search-label = Search everything
search-go = Search
