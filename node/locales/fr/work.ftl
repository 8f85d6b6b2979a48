# The pages of the daily work in French.

## Lists
kinds-interest = Manifestations d’intérêt
kinds-programme = Programmes de formation
kinds-publication = Publications
kinds-membership = Adhésions
list-empty-interest = Aucune manifestation d’intérêt pour l’instant. Elles naissent quand quelqu’un demande à rejoindre un réseau, souvent lors d’un événement.
list-empty-programme = Aucun programme de formation pour l’instant. Un programme a des modules dont l’ordre peut être modifié.
list-empty-publication = Aucune publication pour l’instant. Une publication est un lien et, si vous le souhaitez, une somme de contrôle.
list-empty-membership = Pas encore d’adhésion. Une adhésion lie une organisation à un réseau ; elle naît lorsqu’une manifestation d’intérêt est acceptée.
membership-in-force = en vigueur
membership-to-come = pas encore commencée
membership-ended = terminée
list-by-month = Par mois
list-as-table = En liste
list-as-board = En tableau
list-import = Importer
filter-kind = Type
filter-language = Avec un texte en
board-none = Aucune.
board-all = { $n ->
    [one] La montrer
   *[other] Les montrer toutes ({ $n })
}
and-more = … et { $n } de plus
n-people = { $n ->
    [one] { $n } personne
   *[other] { $n } personnes
}
n-months = { $n ->
    [one] { $n } mois
   *[other] { $n } mois
}
n-days = { $n ->
    [one] { $n } jour
   *[other] { $n } jours
}

## Records
record-notes = Notes
record-no-notes = Aucune note. Elles restent chez votre partenaire, sauf si vous choisissez un autre registre.
record-no-people = Aucune personne de contact que vous puissiez lire.
record-propose = Proposer une modification
step-at = Le
step-to = Passer à
entries-order = Modifier l’ordre
entries-up = Monter
entries-down = Descendre
value-none = rien
conflict-keep-both = Garder celui-ci, l’autre comme autre nom

## Forms
form-find = Chercher par nom
form-find-button = Chercher
form-found = { $n ->
    [0] Rien trouvé pour « { $text } ».
    [one] { $n } résultat pour « { $text } ». Vérifiez que c’est le bon.
   *[other] { $n } résultats pour « { $text } ». Choisissez le bon.
}
form-entry = Numéro { $n }
form-entry-new = Nouveau
form-entry-more = En ajouter d’autres
form-entry-remove = Le retirer à l’enregistrement
form-entries-hint = Ce qui reste vide n’est pas ajouté. L’ordre se modifie sur la page de la fiche.
hint-digest = Les 64 chiffres qu’affiche « sha256sum FICHIER ». Peut rester vide.
hint-month = Année et mois, par exemple 2026-10.

## Search
search-title = Recherche
search-lead = Dans tous les types et dans les quatre langues. Les accents ne comptent pas et les petites fautes sont pardonnées.
search-results = Résultats
search-found = { $n ->
    [one] { $n } fiche pour « { $text } »
   *[other] { $n } fiches pour « { $text } »
}
search-none = Rien ne s’appelle ainsi ni n’en parle. Essayez avec moins de mots, ou seulement le début d’un mot.

## Views
map-title = Carte
map-lead = Où se trouvent les organisations, dans la mesure où leur position est connue.
graph-title = Image du réseau
graph-lead = Quelles organisations appartiennent à quels réseaux. Celles de plusieurs réseaux font le pont.
graph-colours = Les couleurs indiquent
picture-same = La même chose en tableau
calendar-title = Événements, { $month }
calendar-months = Mois
calendar-today = Ce mois-ci
calendar-none = Aucun événement ce mois-ci.
calendar-as-list = En liste
calendar-agenda = Agenda
calendar-undated = Date pas encore connue
calendar-day-of = jour { $n } sur { $all }
weekday-1 = lundi
weekday-2 = mardi
weekday-3 = mercredi
weekday-4 = jeudi
weekday-5 = vendredi
weekday-6 = samedi
weekday-7 = dimanche
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre
figures-title = Chiffres
figures-all = Tous les chiffres
figures-no-country = sans pays

## What is new
news-title = Nouveautés
news-since = depuis le { $time }
news-more = Toutes les nouveautés
news-none = Rien n’a changé.
news-days = Des derniers
news-n-added = ajoutés : { $n }
news-n-changed = modifiés : { $n }
news-n-deleted = supprimés : { $n }

## Proposals
proposals-title = Propositions
proposals-lead = Qui ne peut pas écrire une fiche propose une modification ; qui la tient décide.
proposals-none = Aucune proposition n’attend de décision.
proposals-received = À vous de décider
proposals-made = Faites par vous
proposals-others = Autres
proposals-all = Montrer aussi celles décidées
proposals-open-only = Seulement celles en attente
proposal-by = proposée par { $partner }, { $time }
proposal-values = Valeurs proposées
proposal-then = Proposé
proposal-accept = Reprendre
proposal-decline = Refuser
proposal-withdraw = Retirer
propose-lead = Changez ce qui devrait être différent. Le partenaire qui tient « { $register } » le voit et décide ; d’ici là, la fiche reste telle quelle.
propose-reason = Raison (facultatif)
propose-send = Envoyer la proposition

## Translations, verification, duplicates
translations-title = Traductions à faire
translations-lead = Textes qui manquent dans une langue, ou dont l’original a changé depuis leur traduction.
translations-to = Vers
translations-all = Aussi d’autres partenaires
translations-none = Rien n’est à traduire.
translations-missing = Manquent
translations-stale = Plus anciennes que l’original
translations-do = Traduire
stale-records-title = Non vérifiées depuis longtemps
stale-records-lead = Vérifiez que nom, adresse et téléphone sont encore justes. « Juste aujourd’hui » le dit à tous.
stale-records-none = Tout a été vérifié pendant cette période.
stale-months = Non vérifiées depuis
stale-verified = Juste aujourd’hui
sameas-title = Doublons possibles
sameas-lead = Fiches qui semblent n’en faire qu’une. Ce que vous confirmez se lit ensemble et rien n’est perdu ; vous pouvez revenir en arrière.
sameas-suggested = À décider
sameas-decided = Décidés
sameas-none = Aucune paire de fiches ne semble n’en faire qu’une.
sameas-confirm = C’est la même
sameas-refuse = Ce sont deux fiches
sameas-undo = Revenir en arrière

## People
people-title = Personnes de contact
people-lead = Données personnelles. Seuls lisent une personne ceux que désigne son responsable ; rien n’en figure ailleurs.
people-new = Ajouter une personne de contact
people-new-lead = Dites dans quel but, sur quelle base légale et jusqu’à quand les données peuvent être conservées. À la fin, elles sont effacées.
people-none = Aucune personne de contact que vous puissiez lire. Une adresse de fonction va dans l’organisation elle-même.
people-controller = Responsable
people-controlled-by = Responsable : { $name }
people-readers = Lue par
people-readers-all = tous les partenaires
people-readers-none = le responsable seul
people-due-soon = expire bientôt
people-due-over = expiré : sera effacée
people-due-ask = expiré depuis longtemps : décidez
people-scope = Qui lit cette personne
people-scope-hint = Votre partenaire toujours. Qui est exclu plus tard supprime ce qu’il a au prochain échange.
people-scope-own = Votre partenaire seul
people-scope-all = Tous les partenaires
people-scope-some = Ces partenaires :
people-access = Pour la personne
people-access-how = Qui demande ce que vous détenez à son sujet reçoit l’un de ces fichiers.
people-erase = Effacer
people-erase-what = La personne est effacée chez tous les partenaires qui la lisent, historique compris, et ne peut pas revenir.
people-erase-why = Raison
people-erase-sure = Je sais que c’est irréversible.
people-erase-do = Effacer définitivement cette personne
people-erasure = Effacement
people-erased-title = Une personne effacée
people-erasure-waits = Il attend ici : un autre partenaire a demandé plus d’effacements qu’il n’en est exécuté à la fois. Effacez-la ici pour l’accepter.
erase-reason-retention = Le délai est expiré
erase-reason-request = La personne l’a demandé
erase-reason-left = N’exerce plus cette fonction
erase-reason-mistake = Saisie par erreur

## Import
import-title = Importation
import-lead = Un tableur ou un fichier CSV devient des fiches. Vous voyez d’abord ce qu’il ferait ; rien n’est écrit avant votre accord.
import-kind = Type de fiches
import-file = Fichier
import-file-hint = CSV, Excel, LibreOffice ou JSON, jusqu’à 64 Mio. Une ligne est une fiche.
import-look = Regarder
import-last = Comment s’est passée la dernière importation
import-refused = Le fichier n’a pas été accepté ; rien n’a été écrit.
import-partly = { $written } fiches sur { $total } étaient écrites quand l’importation s’est arrêtée. Elles restent telles quelles ; envoyez à nouveau le fichier et elle reprendra de là.
import-preview = Importation de { $file }
import-would = Il y aurait
import-done = Terminé
import-added = ajoutées
import-changed = modifiées
import-unchanged = inchangées
import-do = Importer maintenant
import-look-again = Regarder à nouveau avec ces réglages
import-settings = Vaut pour tout le fichier
import-language = Langue des textes dont la colonne n’en indique pas
import-email = Adresses électroniques qui semblent personnelles
import-email-refuse = Refuser le fichier
import-email-leave = Les laisser de côté
import-email-allow = Les prendre
import-persons = Personnes de contact dans le fichier
import-persons-ask = Me demander s’il y en a
import-persons-take = Les prendre, aux conditions ci-dessous
import-persons-leave = Les laisser de côté
import-persons-details = Conditions pour les personnes de contact
import-persons-terms = Le fichier contient des personnes de contact. Dites dans quel but et jusqu’à quand elles peuvent être conservées, ou laissez-les de côté.
import-positions = Positions déduites de la ville et du pays (GeoNames, CC BY 4.0) : { $filled } ; villes inconnues : { $unknown } ; noms de plusieurs villes : { $several }
import-mapping = Quelle colonne va où
import-mapping-how = D’après les en-têtes, ou d’après les colonnes enregistrées. Corrigez ce qui est faux, puis regardez à nouveau.
import-column = Colonne
import-target = Va dans
import-nothing = (non prise)
import-row = Ligne
import-rows = Ligne par ligne
import-reason = Ce qui ne va pas
import-errors = { $n ->
    [one] { $n } valeur ne peut pas être prise
   *[other] { $n } valeurs ne peuvent pas être prises
}
import-errors-how = Corrigez les lignes dans le tableur et renvoyez-le, ou ne prenez pas la colonne.
import-errors-caption = Valeurs qui ne peuvent pas être prises
import-duplicates = Peut-être déjà présentes
import-progress = La dernière importation
import-never = Rien n’a été importé depuis le démarrage du nœud.
import-checking = Les lignes sont en cours de vérification.
import-again = Montrer où elle en est
import-another = Importer un autre fichier
import-waiting = Fichiers que vous avez envoyés
import-waiting-how = Ils attendent ici une heure. Rien n’en est encore écrit.
import-file-missing = Aucun fichier n’a été choisi. Veuillez en choisir un.
import-map = Colonnes enregistrées (facultatif)
import-map-hint = Un fichier que vous avez enregistré avec « Enregistrer les colonnes dans un fichier » ou écrit par « comin import --save-map ». Le type de fiches est celui qu’il indique.
import-map-unreadable = Ce n’est pas un fichier de colonnes enregistrées. Choisissez-en un autre ou aucun ; puis choisissez à nouveau le tableur.
import-map-save = Enregistrer les colonnes dans un fichier
import-key = Une ligne sans id se retrouve par
import-key-how = Là où tous les champs choisis concordent, la ligne modifie la fiche existante ; sinon elle en ajoute une. Si vous n’en choisissez aucun, les champs habituels comptent.
import-set = Vaut pour chaque ligne dont la cellule est vide
import-scope = Qui lit ces personnes
import-latitude = Position : latitude
import-longitude = Position : longitude
import-person = Personne de contact : { $what }
import-person-name = Prénom et nom dans une cellule

## Survey and export
survey-title = Panorama des réseaux
survey-lead = Le document sur tous les réseaux, écrit à partir de ce que partagent les partenaires, dans l’état actuel.
survey-language = Langue
survey-audience = Pour qui
survey-partnership = Le partenariat : tout ce qui est partagé
survey-public = Tout le monde : ce qui est marqué comme public
survey-open = Ouvrir pour lire et imprimer
survey-markdown = En Markdown
survey-print = Pour un PDF, ouvrez-le et choisissez « Enregistrer au format PDF » dans la fenêtre d’impression du navigateur.
survey-fresh = Sa fraîcheur
survey-fresh-how = Il contient ce que ce nœud a de chaque partenaire.
export-title = Exportation
export-lead = Tout ce que vous lisez ici sort en fichier dans un format ouvert.
export-whole = Tout en un fichier
export-format = Format
export-xlsx = Classeur (Excel, LibreOffice) : une feuille par type
export-json = JSON : pour les programmes, réimportable
export-geojson = GeoJSON : pour les cartes
export-graphml = GraphML : pour l’analyse de réseaux
export-table = Un type en tableau
export-do = Enregistrer le fichier
export-refer = Les autres fiches sont désignées par
export-refer-id = leur id, pour revenir ici
export-refer-name = leur nom, pour une autre machine
export-csv = Enregistrer en CSV
export-public = Seulement ce qui est marqué comme public
export-other = Calendrier et carnet d’adresses
export-ics = Événements pour un calendrier (iCalendar)
export-vcf = Personnes de contact pour un carnet d’adresses (vCard)
export-personal = données personnelles
export-automerge = Les documents eux-mêmes
export-automerge-how = Chaque partie d’un registre avec tout son historique, lisible par tout outil Automerge.
export-part = partie { $n }
history-created = créée
history-changed = modifiée
history-deleted = supprimée
history-restored = rétablie
history-accepted = acceptée
history-declined = refusée
history-reopened = décision annulée
history-proposal = Proposition de { $partner } : { $state }
cli-history-entry = { $time } : { $what } par { $partner }, { $device } (registre : { $register })
cli-history-more = Modifications plus anciennes : comin history { $id } --after { $next }
cli-undone = Annulée par une nouvelle modification dans le registre { $register } ; l’historique garde les deux.
problem-changed-since = Cela a changé entre-temps.
problem-several = Cette modification a tranché entre plusieurs valeurs. Choisissez ci-dessous celle qui doit valoir.
problem-nothing-left = Il ne reste rien de cette modification à annuler.
cli-check-running = { $documents } documents, { $records } fiches : pages et recherches disent ce que disent les documents. Tant que le nœud fonctionne, son stockage n’est pas vérifié ; pour cela, il faut l’arrêter.
cli-row-like-row = ligne { $row }, { $title } : peut-être la même que la ligne { $other } ({ $reason })

## History
history-title = Historique
history-lead = Qui a changé quoi et quand, dans chaque registre qui contient cette fiche ; les plus récents d’abord. Annuler un changement est un nouveau changement et rien n’est perdu.
history-undo = Annuler ce changement
history-undo-field = Annuler ce champ
history-anyway = L’annuler quand même ; ce qui a été écrit depuis est remplacé et reste dans l’historique
history-decided = Cette modification a tranché entre plusieurs valeurs. Choisissez celle qui doit valoir de nouveau :
history-take = Réécrire celle-ci
history-older = Changements plus anciens
