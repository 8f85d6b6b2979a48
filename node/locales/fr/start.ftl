# The first run, settings and diagnosis in French.

## Frame
menu-registers = Registres
menu-work = À faire
menu-pictures = Vues et enquête
menu-node = Ce nœud
menu-people = Personnes de contact
menu-interests = Manifestations d’intérêt
menu-programmes = Programmes de formation
menu-publications = Publications
menu-proposals = Propositions
menu-translations = Traductions à faire
menu-stale = À vérifier
menu-sameas = Doublons possibles
menu-import = Importer
menu-map = Carte
menu-graph = Graphe du réseau
menu-calendar = Calendrier
menu-survey = Enquête sur les réseaux
menu-export = Exporter
menu-partners = Partenaires
menu-devices = Machines
menu-settings = Paramètres
menu-backup = Sauvegarde
menu-diagnose = Diagnostic
menu-accessibility = Accessibilité
menu-privacy = Confidentialité
search-label = Rechercher partout
search-go = Rechercher
