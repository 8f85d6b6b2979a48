# The survey in English. Every language has the same keys and arguments; a test holds them to it.

## The document
survey-title = Networks of the COM-IN partnership
survey-subtitle = Survey of the networks that bring difficult-to-employ people into work and community life
survey-as-of = State of the data: { $day }
survey-public = Only what is marked as public
survey-partners = The partners
survey-contents = Contents
survey-nothing = Nothing is recorded here yet.
survey-in-language = text in { $language }
language-it = Italian
language-sl = Slovene
language-fr = French
language-en = English
survey-made = Written by the partners’ own nodes from the records that they share; nothing was added by hand.

## Vision
vision-title = Common vision and strategy
vision-vision = Vision
vision-strategy = Strategy
vision-contribution = Contribution
vision-kept = From the record of the network “{ $name }”.
vision-see = Its vision and strategy open this document: “{ $title }”.
vision-none = The partnership has not written its common vision and strategy yet. They are kept in the record of the international network.

## Freshness
fresh-title = State of the data, partner by partner
fresh-lead = The survey shows what was held by the node that wrote it. What a partner has entered since it was last heard is not in it.
fresh-partner = Partner
fresh-records = Records
fresh-newest = Newest change held
fresh-heard = Last heard
fresh-missing = Known to be missing
fresh-own = wrote this survey
fresh-never = never
fresh-nothing-missing = nothing
fresh-changes = { $n ->
     [one] { $n } change
    *[other] { $n } changes
}

## Figures
figures-title = The partnership in numbers
figures-lead = An organisation counts once, in however many networks it is. Memberships are those in force on the day of the data. Cancelled events and practices that are not published are left out.
figures-networks = Networks
figures-organisations = Organisations
figures-memberships = Memberships
figures-bridges = In several networks
figures-events = Events
figures-practices = Good practices
figures-by-country = By country
figures-by-level = By level of network
figures-by-group = By target group
figures-by-type = By type of event
figures-attendance = People attending
figures-over-time = Over time
figures-month = Month
figures-interests = Expressions of interest
figures-joined = New memberships
figures-members = Memberships at its end
figures-undated = Memberships without a known beginning are in no month: { $n }.
figures-country = Country
figures-level = Level
figures-group = Target group
figures-type = Type
figures-total = Together
figures-overlap = A record with several target groups or levels counts with each of them.
figures-chart = Events by month

## Pictures
pictures-title = Pictures
pictures-same = The same is in the tables “{ $first }” and “{ $second }”.
pictures-same-one = The same is in the table “{ $table }”.
graph-title = Organisations and networks
graph-subtitle = Organisations of the same networks share a box.
graph-networks = { $n ->
     [one] { $n } network.
    *[other] { $n } networks.
}
graph-organisations = { $n ->
     [one] { $n } organisation.
    *[other] { $n } organisations.
}
graph-bridges = In several networks: { $n }.
graph-table = The same is in the tables beside the picture.
graph-tags-only = With more than { $n } organisations only those of several networks have their names here.
graph-counts-only = With more than { $n } organisations the picture shows networks and how many organisations they share.
graph-alone = In no network, and not drawn: { $n }.
graph-left-out = In smaller groups, and not drawn: { $n }.
graph-networks-left-out = Smaller networks that are not drawn: { $n }.
graph-sign-network = Network
graph-sign-one = Organisations of one network
graph-sign-bridge = Bridges: organisations of several networks
graph-sign-line = The thicker, the more organisations
mark-none = none named
map-title = Where the organisations are
map-subtitle = A sign for each place; its number says how many organisations are there.
map-organisations = { $n ->
     [one] { $n } organisation.
    *[other] { $n } organisations.
}
map-places = Places: { $n }.
map-count = { $n }
map-without-place = Without a place on this map: { $n }. They are in the table.
map-table = The same is in the table beside the picture.
map-sign = A sign that had to make room is tied to its place by a line. Many places are as exact as a town.
map-source = Coasts and borders: Natural Earth (public domain).

## Networks
networks-title = The networks
network-level = Level
network-since = Since
network-groups = Target groups
network-coordinators = Coordinators
network-links = Links
network-members = Members
network-events = Events
network-practices = Good practices
network-programmes = Training programmes
network-claimed = stated by another register
network-others = Practices and events of no network
member-name = Organisation
member-place = Place
member-role = Role
member-since = Since
event-when = When
event-what = What
event-where = Where
event-attendance = People
event-state = State
event-no-date = without a date
modules = { $n ->
     [one] { $n } module
    *[other] { $n } modules
}
hours = { $n ->
     [one] { $n } hour
    *[other] { $n } hours
}

## Ways in
ways-title = How organisations came in
ways-lead = From an event through an expression of interest to membership.
ways-interests = Expressions of interest
ways-from-event = of them after an event
ways-members = of them members now
ways-others = Members who came without a recorded expression of interest
ways-event = Event
ways-received = Interest received
ways-state = State
ways-member = Member since
ways-member-undated = yes, no day given
ways-network = Network
ways-no-event = none recorded

## Calendar
calendar-title = Calendar of events

## Contacts
contacts-title = Contacts
contacts-lead = Addresses of function, as the organisations’ records give them; no personal contacts.
contacts-coordinators = Coordinators of networks
contact-email = E-mail
contact-phone = Telephone
contact-website = Website

## Tables
tables-title = The pictures as tables
table-networks = Table of networks
table-organisations = Table of organisations
table-position = Position on the map
table-shared = Shared organisations (network: how many)
table-numbers = Networks (by number)
country-none = no country named
country-SI = Slovenia
country-IT = Italy
country-FR = France
country-AT = Austria
country-HR = Croatia
country-HU = Hungary
country-CH = Switzerland
country-DE = Germany
country-ES = Spain
country-BE = Belgium
country-PT = Portugal
country-GR = Greece
country-MT = Malta
country-RS = Serbia
country-BA = Bosnia and Herzegovina
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
