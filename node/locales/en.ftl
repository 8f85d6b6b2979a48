# The node's words in English: the language that every other falls back to.
# Keys: room first, then what it says. Arguments: $n counts, the others are texts.

## Frame
skip = Skip to the content
nav-main = Main
nav-language = Language
nav-crumbs = You are here
nav-overview = Overview
nav-conflicts = Conflicts
nav-partners = Partners and exchange
nav-waiting = waiting
footer-local = This page is served by your own node. It works without the internet.
live-changed = This page has changed meanwhile.
live-reload = Show it as it is now
live-offline = The node does not answer; this page may be out of date.
error-title = This did not work
error-not-found = Not found
error-forbidden = Refused
sign-in-title = Sign in
sign-in-how = Run this on the machine of the node; it opens the page, signed in:
sign-in-why = The link works once. This keeps other programs and other people on this machine out.

## Time and numbers
ago-now = just now
ago-minutes = { $n ->
    [one] 1 minute ago
   *[other] { $n } minutes ago
}
ago-hours = { $n ->
    [one] 1 hour ago
   *[other] { $n } hours ago
}
ago-days = { $n ->
    [one] 1 day ago
   *[other] { $n } days ago
}
n-records = { $n ->
    [one] 1 record
   *[other] { $n } records
}
other-languages = { $n ->
    [one] In 1 other language
   *[other] In { $n } other languages
}

## Exchange
exchange-title = Exchange
exchange-table = Exchange with each partner
exchange-stopped = The node has stopped: { $reason }. What was last entered is not known to be saved.
exchange-action = { $n ->
    [one] A partner asks to join and waits for you.
   *[other] { $n } partners ask to join and wait for you.
}
exchange-join-refused = Your request to join was refused: { $reason }
exchange-joining = You have asked to join a partnership. Until you are admitted, everything is saved on this machine only.
exchange-alone = You are not in a partnership yet. Everything is saved on this machine only.
exchange-first = You are the only partner so far. Everything is saved on this machine only.
exchange-paused = { $n ->
    [0] Exchange is paused by hand. Nothing of yours waits.
    [one] Exchange is paused by hand. 1 change is saved here only.
   *[other] Exchange is paused by hand. { $n } changes are saved here only.
}
exchange-unreachable = { $n ->
    [0] No partner has been reachable since { $since }. You can go on working.
    [one] No partner has been reachable since { $since }. 1 change is saved here only; you can go on working.
   *[other] No partner has been reachable since { $since }. { $n } changes are saved here only; you can go on working.
}
exchange-never-reached = { $n ->
    [0] No partner has been reached yet. You can go on working.
    [one] No partner has been reached yet. 1 change is saved here only.
   *[other] No partner has been reached yet. { $n } changes are saved here only.
}
exchange-exchanging = { $n ->
    [one] Exchanging with 1 partner.
   *[other] Exchanging with { $n } partners.
}
exchange-waiting = { $n ->
    [one] 1 change
   *[other] { $n } changes
} { $k ->
    [one] waiting for 1 partner.
   *[other] waiting for { $k } partners.
}
exchange-delivered = Delivered to { $k } of { $total } partners. { $name } { $days ->
    [0] has not answered today.
    [one] has not been seen for 1 day.
   *[other] has not been seen for { $days } days.
}
exchange-delivered-never = Delivered to { $k } of { $total } partners. { $name } has never been heard.
exchange-all = { $n ->
    [one] The other partner has your changes, confirmed { $time }.
   *[other] All { $n } other partners have your changes, last confirmed { $time }.
}
exchange-look = Look at the request
exchange-begin = Join or found a partnership
exchange-now = Exchange now
exchange-pause = Pause
exchange-resume = Resume exchange
exchange-progress = Transfer under way
exchange-never = never
exchange-direct = directly
exchange-through = through { $name }
exchange-next-try = { $n ->
    [0] Next attempt now.
    [one] Next attempt in 1 second.
   *[other] Next attempt in { $n } seconds.
}
exchange-col-partner = Partner
exchange-col-state = State
exchange-col-lacks = Your changes it lacks
exchange-col-we-lack = Its changes you lack
exchange-col-heard = Last heard
exchange-col-way = By which way
partner-state-equal = Connected
partner-state-exchanging = Exchanging
partner-state-away = Not connected
partner-state-never-heard = Never heard
lag-none = none
lag-exactly = { $n ->
    [one] 1 change
   *[other] { $n } changes
}
lag-at-least = { $n ->
    [one] at least 1 change
   *[other] at least { $n } changes
}
lag-unknown = not known

## Overview
overview-federation = { $n ->
    [one] { $name }, 1 partner
   *[other] { $name }, { $n } partners
}
overview-numbers = What there is
overview-partners = The other partners
overview-no-partners = Nobody else is here yet.
overview-empty = There are no records yet. Begin with your own organisation or a network; a spreadsheet can be imported with “comin import”.

## Lists
filter-text = Text
filter-all = All
filter-apply = Show
filter-clear = Clear the filters
list-name = Name
list-register = Kept by
list-none-found = Nothing fits these filters.
list-empty-network = No networks yet. A network has a name, a country and the groups that it helps.
list-empty-organisation = No organisations yet. Add one, or import a spreadsheet with “comin import”.
list-empty-practice = No good practices yet.
list-empty-event = No events yet.
mark-conflict = in conflict
mark-differs = registers differ
pager = Pages
pager-before = Back
pager-next = Next
pager-here = Page { $page } of { $pages }

## Records
record-id = Record
record-created = Made by
record-edit = Edit
record-delete = Delete
record-restore = Restore
record-read-only = read only
record-deleted = This record is deleted. It can be restored.
record-deletion-disputed = One partner deleted this record while another one changed it. It stays listed until somebody decides.
record-differs = The registers that hold this record do not agree on: { $fields }.
record-members = Members
record-no-members = No members yet.
record-networks = Networks
record-no-networks = In no network yet.
value-yes = yes
value-no = no
value-removed = removed
value-invalid = not valid
unknown-partner = unknown
register-own = Your register
register-internal = Internal (your partner only)
register-partner = { $name }
new-network = Add a network
new-organisation = Add an organisation
new-practice = Add a good practice
new-event = Add an event
new-membership = Add a membership

## Conflicts
conflicts-lead = Two people wrote different values into one field without knowing of one another. Both stay visible until somebody decides; the decision reaches every partner.
conflicts-none = Nothing waits for a decision.
conflict-count = { $n ->
    [one] 1 value
   *[other] { $n } values, written without knowing of one another
}
conflict-decide = Decide
conflict-keep = Keep this
conflict-number = value { $n }
conflict-another = Write another value
conflict-not-yours = The partner that keeps this register decides.
conflict-about-deletion = Deleted by one, changed by another who did not know.
conflict-deleted = Deleted
conflict-restored = Keep the record
conflict-changed = The record has changed meanwhile. This is how it stands now.

## Forms
form-save = Save
form-cancel = Cancel
form-none = (none)
form-required = (required)
form-register = Register
form-register-hint = Your register is read by all partners; the internal one by nobody else.
form-refused = This could not be saved.
form-more-languages = More languages
form-nothing-to-choose = There is nothing to choose from yet.
form-start = Start
form-end = End
form-zone = Time zone
form-has-conflicts = This record has a conflict. Saving other fields does not decide it:
hint-lines = One per line.
hint-position = Latitude, longitude and precision, such as 45.956,13.648;city
hint-country = Two letters, such as SI, IT or FR.
hint-email = A functional address, such as office@zavod.example; no address of a person.
hint-references = Hold Ctrl (or ⌘) to choose several.
stale-title = Somebody changed this record while you were editing it.
stale-how = Nothing of yours has been saved yet. Below is what it says now and what you wrote; the form still holds your text. Save again to write yours over it.
stale-look = Go back, look at the record as it is now, and decide again.
stale-field = Field
stale-now = As it is now
stale-yours = What you wrote
stale-drop = Leave it as it is now

## Partners
partners-members = Partners and devices
partners-self = you
partners-this-device = this device
partners-steward = steward
partners-partner = partner
partners-col-name = Partner
partners-col-country = Country
partners-col-role = Role
partners-col-devices = Devices
approvals-title = Waiting for you
approvals-how = Telephone the partner and compare the number. Approve only if both of you read the same.
approval-approve = The numbers are equal: approve
approval-reject = Refuse
approval-other-name = The ticket was made for { $name }.
check-number = Check number:
invites-title = Tickets
invites-none = No tickets.
invites-col-name = For
invites-col-country = Country
invites-col-state = State
invites-col-expires = Expires
invites-col-ticket = Ticket
invite-title = Invite a partner
invite-how = Makes a ticket that works once. Send it by e-mail; then compare the check number on the telephone.
invite-name = Name of the organisation
invite-make = Make a ticket
ticket-open = open
ticket-used = used
ticket-expired = expired
ticket-cancelled = cancelled
ticket-show = Show
ticket-cancel = Cancel
ticket-made = Ticket for { $name }
ticket-how = Send this text to the partner. It works once.
ticket-expires = Expires
join-title = Join a partnership
join-how = Paste the ticket that a partner has sent you.
join-ticket = Ticket
join-ask = Ask to join
join-read-out = Read this number out on the telephone. The other side must see the same.
join-stage-dialling = Reaching the inviting partner
join-stage-committed = Agreeing on the check number
join-stage-waiting = Waiting for the confirmation
join-stage-admitted = Admitted
join-stage-refused = Refused
found-title = Found a partnership
found-how = Only if there is none yet that you want to join. You become its first steward.
found-name = Name of the partnership
found-found = Found it

## Kinds
kind-network = Network
kind-organisation = Organisation
kind-membership = Membership
kind-practice = Good practice
kind-event = Event
kinds-network = Networks
kinds-organisation = Organisations
kinds-practice = Good practices
kinds-event = Events

## Fields
field-activities = Activities
field-address = Address
field-attendance = People who came
field-challenges = Challenges
field-city = City
field-contribution = Contribution
field-coordinators = Coordinators
field-country = Country
field-deleted = Deleted
field-description = Description
field-email = E-mail
field-evidence = Evidence of success
field-identifiers = Identifiers
field-implementing_organisation = Implemented by
field-languages = Languages
field-last_verified = Last verified
field-levels = Levels
field-links = Links
field-name = Name
field-network = Network
field-networks = Networks
field-nuts = NUTS code
field-organisation = Organisation
field-organisations = Participating organisations
field-organiser = Organiser
field-original_language = Original language
field-other_names = Other names
field-phone = Telephone
field-place = Place
field-position = Position
field-practices = Good practices presented
field-programme = Programme
field-resources = Resources
field-role = Role
field-schema = Schema version
field-since = Since
field-state = State
field-strategy = Strategy
field-summary = Summary
field-target_groups = Target groups
field-title = Title
field-transfer = Transfer
field-type = Type
field-until = Until
field-visibility = Visibility
field-vision = Vision
field-website = Website
field-when = When

## Countries of the partnership
country-si = Slovenia
country-it = Italy
country-fr = France
