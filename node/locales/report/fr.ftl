# Le panorama en français. Every language has the same keys and arguments; a test holds them to it.

## The document
survey-title = Réseaux du partenariat COM-IN
survey-subtitle = Panorama des réseaux qui accompagnent les personnes éloignées de l’emploi vers le travail et la vie collective
survey-as-of = État des données : { $day }
survey-public = Uniquement ce qui est marqué comme public
survey-partners = Les partenaires
survey-contents = Sommaire
survey-nothing = Rien n’est encore enregistré ici.
survey-in-language = texte en { $language }
language-it = italien
language-sl = slovène
language-fr = français
language-en = anglais
survey-made = Rédigé par les nœuds des partenaires à partir des données qu’ils partagent ; rien n’a été ajouté à la main.

## Vision
vision-title = Vision et stratégie communes
vision-vision = Vision
vision-strategy = Stratégie
vision-contribution = Contribution
vision-kept = Extrait de la fiche du réseau « { $name } ».
vision-see = Sa vision et sa stratégie ouvrent ce document : « { $title } ».
vision-none = Le partenariat n’a pas encore écrit sa vision et sa stratégie communes. Elles se trouvent dans la fiche du réseau international.

## Freshness
fresh-title = État des données, partenaire par partenaire
fresh-lead = Le panorama montre ce que détenait le nœud qui l’a rédigé. Ce qu’un partenaire a saisi depuis le dernier contact n’y figure pas.
fresh-partner = Partenaire
fresh-records = Fiches
fresh-newest = Dernière modification détenue
fresh-heard = Dernier contact
fresh-missing = Manquant, à notre connaissance
fresh-own = a rédigé le panorama
fresh-never = jamais
fresh-nothing-missing = rien
fresh-changes = { $n ->
     [one] { $n } modification
    *[other] { $n } modifications
}

## Figures
figures-title = Le partenariat en chiffres
figures-lead = Une organisation compte une fois, quel que soit le nombre de ses réseaux. Les adhésions sont celles en vigueur à la date des données. Les événements annulés et les pratiques non publiées sont exclus.
figures-networks = Réseaux
figures-organisations = Organisations
figures-memberships = Adhésions
figures-bridges = Dans plusieurs réseaux
figures-events = Événements
figures-practices = Bonnes pratiques
figures-by-country = Par pays
figures-by-level = Par niveau de réseau
figures-by-group = Par public
figures-by-type = Par type d’événement
figures-attendance = Participants
figures-over-time = Au fil du temps
figures-month = Mois
figures-interests = Manifestations d’intérêt
figures-joined = Nouvelles adhésions
figures-members = Adhésions en fin de mois
figures-undated = Adhésions sans date de début connue, hors des mois : { $n }.
figures-country = Pays
figures-level = Niveau
figures-group = Public
figures-type = Type
figures-total = Total
figures-overlap = Une fiche avec plusieurs publics ou niveaux compte dans chacun.
figures-chart = Événements par mois

## Pictures
pictures-title = Images
pictures-same = Les mêmes données figurent dans les tableaux « { $first } » et « { $second } ».
pictures-same-one = Les mêmes données figurent dans le tableau « { $table } ».
graph-title = Organisations et réseaux
graph-subtitle = Les organisations des mêmes réseaux partagent un cadre.
graph-networks = { $n ->
     [one] { $n } réseau.
    *[other] { $n } réseaux.
}
graph-organisations = { $n ->
     [one] { $n } organisation.
    *[other] { $n } organisations.
}
graph-bridges = Dans plusieurs réseaux : { $n }.
graph-table = Les mêmes données figurent dans les tableaux à côté de l’image.
graph-tags-only = Au-delà de { $n } organisations, seules celles de plusieurs réseaux sont nommées ici.
graph-counts-only = Au-delà de { $n } organisations, l’image montre les réseaux et le nombre d’organisations qu’ils partagent.
graph-alone = Dans aucun réseau, non représentées : { $n }.
graph-left-out = Dans des groupes plus petits, non représentées : { $n }.
graph-networks-left-out = Réseaux plus petits non représentés : { $n }.
graph-sign-network = Réseau
graph-sign-one = Organisations d’un réseau
graph-sign-bridge = Ponts : organisations de plusieurs réseaux
graph-sign-line = Plus le trait est épais, plus il y a d’organisations
mark-none = non indiqué
map-title = Où sont les organisations
map-subtitle = Un signe par lieu ; le nombre indique combien d’organisations s’y trouvent.
map-organisations = { $n ->
     [one] { $n } organisation.
    *[other] { $n } organisations.
}
map-places = Lieux : { $n }.
map-count = { $n }
map-without-place = Sans lieu sur cette carte : { $n }. Elles figurent dans le tableau.
map-table = Les mêmes données figurent dans le tableau à côté de l’image.
map-sign = Un signe déplacé est relié à son lieu par un trait. Beaucoup de lieux sont précis à la ville près.
map-source = Côtes et frontières : Natural Earth (domaine public).

## Networks
networks-title = Les réseaux
network-level = Niveau
network-since = Depuis
network-groups = Publics
network-coordinators = Coordinateurs
network-links = Liens
network-members = Membres
network-events = Événements
network-practices = Bonnes pratiques
network-programmes = Programmes de formation
network-claimed = indiquée par un autre registre
network-others = Pratiques et événements sans réseau
member-name = Organisation
member-place = Lieu
member-role = Rôle
member-since = Depuis
event-when = Quand
event-what = Quoi
event-where = Où
event-attendance = Présents
event-state = État
event-no-date = sans date
modules = { $n ->
     [one] { $n } module
    *[other] { $n } modules
}
hours = { $n ->
     [one] { $n } heure
    *[other] { $n } heures
}

## Ways in
ways-title = Comment les organisations sont arrivées
ways-lead = D’un événement à l’adhésion, en passant par une manifestation d’intérêt.
ways-interests = Manifestations d’intérêt
ways-from-event = dont à la suite d’un événement
ways-members = dont membres aujourd’hui
ways-others = Membres arrivés sans manifestation d’intérêt enregistrée
ways-event = Événement
ways-received = Intérêt reçu
ways-state = État
ways-member = Membre depuis
ways-member-undated = oui, jour non indiqué
ways-network = Réseau
ways-no-event = non enregistré

## Calendar
calendar-title = Calendrier des événements

## Contacts
contacts-title = Contacts
contacts-lead = Coordonnées fonctionnelles, telles que les fiches des organisations les donnent ; aucun contact personnel.
contacts-coordinators = Coordinateurs de réseaux
contact-email = Courriel
contact-phone = Téléphone
contact-website = Site web

## Tables
tables-title = Les images sous forme de tableaux
table-networks = Tableau des réseaux
table-organisations = Tableau des organisations
table-position = Position sur la carte
table-shared = Organisations partagées (réseau : combien)
table-numbers = Réseaux (par numéro)
country-none = aucun pays indiqué
country-SI = Slovénie
country-IT = Italie
country-FR = France
country-AT = Autriche
country-HR = Croatie
country-HU = Hongrie
country-CH = Suisse
country-DE = Allemagne
country-ES = Espagne
country-BE = Belgique
country-PT = Portugal
country-GR = Grèce
country-MT = Malte
country-RS = Serbie
country-BA = Bosnie-Herzégovine
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
