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
nav-menu = Menu
nav-menu-close = Close
footer-local = This page is served by your own node. It works without the internet.
live-changed = This page has changed meanwhile.
live-reload = Show it as it is now
live-offline = The node does not answer; this page may be out of date.
error-title = This did not work
error-not-found = Not found
error-forbidden = Refused
error-detail = What the node says about it, for your IT

## Refusals
problem-not-found = What you are looking for is not here. It may be on another page, or you may not read it.
problem-stale = Somebody has changed this meanwhile. Look at it as it is now and decide again.
problem-not-allowed = You may not do this here.
problem-not-admin = Only admins of this node may do this.
problem-foreign-office = This request did not come from the node’s own page, or by another name. Type the address of the node into the browser.
problem-foreign-request = This request did not come from the node's own page. Open the page again with “comin open”.
problem-backup = No backup can be made now.
problem-machine-request = This is no request of a new machine, or not all of it. Copy the whole text that the new machine shows.
problem-no-writers = Nobody would write this register. Choose at least one partner, or all.
problem-backup-nowhere = The node has been given no directory for backups; none was written. Name one in node.toml, as below, and start the node again.
problem-precondition = This cannot be done as things stand.
problem-ambiguous = More than one thing is called so.
problem-invalid = What was entered cannot be taken.
problem-bad-request = The address or the form cannot be read. Go back and try again.
problem-stopped = The node has stopped. What was entered last is not known to be saved. Tell your IT.
problem-store = The node cannot read its data. Tell your IT.
problem-store-busy = The node's data is in use. Try again in a moment.
problem-timeout = The node did not answer in time. Look whether your change is there before you try again.
problem-proposed-there = A proposal is made on the record that it is about: open that record and choose “Propose a change”.
problem-method = The page does not offer this.
problem-too-large = What was sent is too large.
problem-media-type = What was sent has a form that the node does not read.
problem-if-match = The form came without the version it was made for. Open it again.
problem-not-signed-in = You are not signed in.
problem-too-many-streams = Too many pages of this node are open. Close some.
problem-under-way = The same request is under way already.
problem-import-running = Another import is being carried out. Try again when it is done.
problem-plan-changed = The import would do something else by now than what you looked at: a setting, a column or a record has changed. This is what it would do now.
problem-upload-room = The file made room for newer ones before it was imported. Send it again.
problem-upload-late = The file waited for more than an hour and was forgotten. Send it again.
problem-upload-imported = The file has been imported already.
problem-uploads-busy = Others are sending large files just now. Send yours again in a minute.
problem-internal = The node has made a mistake. Tell your IT.
refused-required = Nothing was entered. Please fill this in.
refused-too-long = { $value } is too long. Shorten it to { $max } characters.
refused-several-lines = The text has line breaks. Write it in one line.
refused-line = { $value } cannot be taken. Type it again without special characters.
refused-name = A name is one line of at most { $max } characters, without special characters.
refused-code = { $value } is not one of the choices. Choose one of the list.
refused-reference = { $value } is no record that fits here. Choose one of the list.
refused-date = { $value } is no day. Write year, month and day, such as 2026-10-15.
refused-month = { $value } is no month. Write year and month, such as 2026-10.
refused-moment_range = These are no times. Enter a start, and an end that comes after it.
refused-position = { $value } is no position. Write latitude, longitude and precision, such as 45.956,13.648;city
refused-integer = { $value } is no number that fits here. Write a whole number without blanks and points.
refused-link = { $value } is no web address. Begin with https:// and leave no blanks.
refused-email = { $value } is no e-mail address. Write it like office@zavod.example.
refused-country = { $value } is no country. Write its two letters, such as SI, IT or FR.
refused-code-of = { $value } is none of these: { $choices }
refused-flag = { $value } is neither yes nor no.
refused-record = { $value } is neither the name nor the id of a record that is here. Import that one first, or write its id.
refused-record-several = Several records are called { $value }. Write the id of the one that is meant.
refused-record-later = This means another record of the file, which is not here yet. Import that kind first: { $kind }.
refused-same-row = This is the same record as row { $row }.
refused-personal-email = This looks like a person’s address, which belongs to a contact person. Write an address of function, or set that such ones are left out (--leave-personal-email) or taken (--allow-personal-email).
refused-digest = { $value } is no checksum. Copy the 64 digits of the SHA-256 sum.
sign-in-title = Sign in
sign-in-how = Run this on the machine of the node; it opens the page, signed in:
sign-in-why = The link works once. This keeps other programs and other people on this machine out.
sign-in-name = Name
sign-in-password = Password
sign-in-wrong = Name and password do not fit. Whoever runs the node can give you another password.
sign-in-held-off = Too many passwords were wrong. Wait ten minutes, then try again.
sign-out = Sign out
signed-out = You are signed out. Sign in in another window, then go on here.
office-trust = The browser warns about this page?
office-trust-why = The certificate of this node comes from your own office, and your browser does not know that yet. Tell it once, then it warns no more, and you notice if somebody else poses as this node.
office-trust-file = The certificate of your office
office-trust-compare = Before you accept it, compare its SHA-256 fingerprint with the one that whoever runs the node reads to you (comin tls show).
office-trust-firefox = Firefox: Settings, Privacy & Security, View Certificates, Authorities, Import; trust it for websites.
office-trust-windows = Windows (Edge, Chrome): open the file, Install Certificate, Current User, place it in “Trusted Root Certification Authorities”.
office-trust-macos = macOS: open the file, then set it to “Always Trust” in Keychain Access.
office-trust-android = Android: Settings, Security, Encryption & credentials, Install a certificate, CA certificate.
partners-admins = Invitations and decisions are for admins of this node.

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
exchange-decide = { $n ->
    [one] A decision of the partnership waits for you.
   *[other] { $n } decisions of the partnership wait for you.
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
    [0] was last heard on { $since }.
    [one] has not been heard for 1 day.
   *[other] has not been heard for { $days } days.
}
exchange-delivered-never = Delivered to { $k } of { $total } partners. { $name } has never been heard.
exchange-all = { $n ->
    [one] The other partner has your changes, confirmed { $time }.
    [2] Both other partners have your changes, last confirmed { $time }.
   *[other] All { $n } other partners have your changes, last confirmed { $time }.
}
exchange-look = See what waits
exchange-begin = Join or found a partnership
exchange-now = Exchange now
exchange-pause = Pause
exchange-resume = Resume exchange
exchange-progress = Transfer under way
exchange-never = never
exchange-not-reached = Not reached at the last attempt.
exchange-why = Reason, for your IT
exchange-direct = directly
exchange-through = through { $name }
exchange-next-try = { $n ->
    [0] Next attempt now.
    [one] Next attempt in 1 second.
   *[other] Next attempt in { $n } seconds.
}
exchange-col-partner = Partner
exchange-col-state = State
exchange-col-lacks = Still to send
exchange-col-we-lack = Still to receive
exchange-col-heard = Last heard
exchange-col-way = Connection
dial-hung-up = the other side hung up: it may not know this machine yet, or be paused
dial-closed = the connection was closed
dial-broke = the connection broke
dial-not-begun = connected, but the exchange could not begin
dial-no-address = no address of it is known
dial-denied = too many connections, or no member any more
dial-under-way = another attempt is under way
dial-silent = the other side does not answer
dial-not-now = it is no member, or the exchange is paused
dial-paused = the exchange was paused
partner-state-equal = Connected
partner-state-exchanging = Exchanging
partner-state-away = Not connected
partner-state-never-heard = Never heard
lag-none = nothing
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
overview-conflicts = { $n ->
    [one] 1 conflict waits for a decision.
   *[other] { $n } conflicts wait for a decision.
}
overview-documents = Survey and pictures
overview-survey = The survey of the networks, written from what all partners share. Print it, or save it as PDF.
overview-graph = Picture: organisations and networks
overview-map = Map: where organisations are
overview-partners = The other partners
overview-no-partners = Nobody else is here yet.
overview-empty = There are no records yet. Begin with your own organisation or a network; a spreadsheet can be imported.

## Lists
filter-text = Search
filter-all = All
filter-apply = Show
filter-more = Filters
filter-clear = Clear the filters
list-name = Name
list-register = Kept in
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
record-kept-in = Kept in:
record-id = Id of this record, for your IT:
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
register-person = A register of the person’s own
register-partner = { $name }
new-network = Add a network
new-organisation = Add an organisation
new-practice = Add a good practice
new-event = Add an event
new-membership = Add a membership
new-interest = Record an interest
new-programme = Add a training programme
new-publication = Add a publication
new-note = Add a note
new-sameas = Say that two records are one

## Conflicts
conflicts-lead = Two people wrote different values into one field without knowing of one another. Both stay visible until somebody decides; the decision reaches every partner.
conflicts-none = Nothing waits for a decision.
conflicts-all = All that waits for a decision
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
conflict-keep-or-delete = keep it or delete it?
conflict-deleted = Deleted it
conflict-edited = Changed it
conflict-restored = Kept it
conflict-take-deletion = Delete the record
conflict-take-record = Keep the record
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
form-start-time = Start, time
form-end = End
form-end-time = End, time
form-zone = Time zone
hint-moments = Leave the times empty where whole days are meant, and all of it where the date is not known yet.
form-has-conflicts = This record has a conflict. Saving other fields does not decide it:
hint-lines = One per line.
hint-position = Latitude, longitude and precision, such as 45.956,13.648;city
hint-country = Two letters, such as SI, IT or FR.
hint-email = A functional address, such as office@zavod.example; no address of a person.
hint-nuts = Code of the statistical region, such as SI04 or ITH3. It may stay empty.
hint-identifiers = Tax, court or other official numbers, one per line.
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
partners-roles = A steward decides, together with the other stewards, who is admitted.
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
drafts-title = Waiting for stewards
draft-all = all partners
draft-admission = Admit { $name } ({ $more })
draft-shared-register = Create the shared register “{ $name }”, written by { $more }
draft-register-writers = Let the register “{ $name }” be written by { $more }
draft-stewards = Stewards from now on: { $name }{ $more }
draft-removal = Remove { $name } for ever{ $more }
draft-rekeying = Replace the key of { $name }; the new one begins { $more }. Compare it on the telephone.
draft-signed = Signed by { $names }; { $n } must sign.
draft-missing = Not yet: { $names }
draft-refused = Refused by { $names }
draft-sign = Sign
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
ticket-code = The ticket as a QR code
ticket-code-show = Show it as a QR code
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
join-refused-ticket-unknown = The partner who invited you does not know this ticket.
join-refused-ticket-used = Another machine has used this ticket already.
join-refused-ticket-expired = The ticket has expired.
join-refused-ticket-cancelled = The partner who invited you has cancelled this ticket.
join-refused-foreign-federation = The ticket is for another partnership.
join-refused-commitment-mismatch = What the other side showed does not fit what it had promised. Telephone before you try again.
join-refused-too-many-attempts = The ticket's three attempts are used up.
join-refused-rejected = The partner who invited you has refused.
join-refused-malformed = The other side sent something that cannot be understood.
join-waits-for = Waiting for: { $name }
found-title = Found a partnership
found-how = Only if there is none yet that you want to join. You become its first steward.
found-name = Name of the partnership
found-found = Found it

## Moments
moment-zone = { $place } time

## Command line
cli-no-federation = In no partnership yet: comin found NAME, or comin join TICKET
cli-federation = { $n ->
    [one] Federation { $name }, 1 partner
   *[other] Federation { $name }, { $n } partners
}
cli-not-running = The node is not running: nothing is exchanged. comin run
cli-exchange = Exchange: { $text }
cli-unsent = { $n } of ours on no other machine yet
cli-peer-lacks = lacks { $what }
cli-peer-we-lack = we lack { $what }
cli-peer-heard = last heard { $when }
cli-peer-tried = last try: { $what }
cli-needs-approval = { $n ->
    [one] 1 newcomer waits for confirmation: comin approvals
   *[other] { $n } newcomers wait for confirmation: comin approvals
}
cli-needs-resume = Exchange is paused by hand: comin sync resume
cli-joining = Joining: { $stage }
cli-store-failed = The store has failed: { $reason }. comin check
cli-fault = Fault of { $partner }: { $what }
cli-edit-waits = { $n ->
    [one] 1 field that you wrote waits
   *[other] { $n } fields that you wrote wait
} for { $record }: its record went with the second history of a copied machine, and is shown again once that machine’s partner has it again. Nothing is lost here.
cli-founded = { $name } is founded, with this partner as its first steward.
cli-founded-next = Next: comin invite "PARTNER" --country FR --file ticket.txt
cli-ticket = Ticket for { $name }, valid until { $expires }
cli-ticket-hand-over = Hand it over on a way that you trust. There, IT runs: comin join TICKET
cli-ticket-no-code = The ticket is too long for a QR code; hand over the text or a file (--file).
cli-ticket-compare = When they call, compare the check number: comin approvals
cli-ticket-run = This node must run to receive them: comin run
cli-ticket-cancelled = The ticket is cancelled.
cli-no-tickets = There are no tickets.
cli-joined = Admitted to { $name }.
cli-join-dialling = Looking for the node of the partner who invited you …
cli-join-tried = Looking for the node of the partner who invited you; last try: { $what }
cli-join-committed = Connected; exchanging keys …
cli-join-waiting = Waiting for confirmation.
cli-join-waiting-for = Waiting for { $name } to confirm.
cli-join-read-out = Read it out to the partner who invited you; both must see the same.
cli-join-close = You may close this with Ctrl-C: the node goes on, and “comin status” tells how far it is.
cli-asks = { $name } ({ $country }) asks to join.
cli-asks-same = The same on their screen: comin approvals approve { $id }
cli-asks-other = Another one: comin approvals reject { $id }
cli-no-approvals = Nobody waits for confirmation.
cli-proposed = Signed here; waits for signatures of stewards: { $names }
cli-proposed-next = They see it in “comin approvals” as { $id }; any member’s node carries it.
cli-draft-lost = It cannot get a majority any more. To withdraw it: comin approvals reject { $id }
cli-draft-dormant = Another round is under way: nobody signs it now. ({ $id })
cli-draft-sign = To sign: comin approvals approve { $id }
cli-draft-refuse = To refuse: comin approvals reject { $id }
cli-draft-id = ({ $id })
cli-stewards-set = The stewards are set.
cli-steward-key = its key was replaced: comin stewards set
cli-no-stewards = There are no stewards.
cli-stewards-decide = { $n } of { $count } decide together.
cli-partner-removed = Removed for ever. It keeps what it has, and gets nothing more.
cli-key-replaced = The key is replaced. The old recovery kit is worth nothing any more: destroy it.
cli-key-kit = New recovery kit: { $file }. Print it, lock it away, delete the file.
cli-key-read-out = Read out to the stewards: { $key }
cli-unconfirmed = This machine was restored and signs nothing for the partnership until the other stewards' nodes (or, where this partner is no steward, another node) have confirmed what it had signed: comin sync --wait 60s. Where no other node is left: comin restore --alone
cli-restored-alone = This machine signs for the partnership again.
cli-backup-written = Backup written: { $file } ({ $kilobytes } kB).
cli-backup-secret = It holds this machine’s secret key: keep it as safe as the machine, and not on its disk alone.
cli-backup-sound = The backup is sound: { $name }, machine { $device }, made { $time }, { $records ->
    [one] 1 record
   *[other] { $records } records
}.
cli-backup-restored = Restored: { $name }, machine { $device }, as of { $time }, { $records ->
    [one] 1 record
   *[other] { $records } records
}.
cli-backup-next = Next: comin{ $place } run. What the others have had since comes back from them. The machine that the backup was made on must not run any more.
cli-backup-failed = No backup can be written: { $reason }
cli-backup-last = Last backup: { $time }, { $file }
partners-removed = removed
cli-approved = Admitted.
cli-rejected = Refused.
cli-this-partner = this partner
cli-this-machine = this machine
cli-no-partners = There are no partners.
cli-no-devices = There are no machines.
cli-revoked = The machine is revoked. What it wrote before stays; whoever has it keeps what it holds.
cli-revoked-tip = What it signs for the partnership counts until the key says so too: comin devices revoke MACHINE --kit FILE. If somebody else has it, do that now.
cli-revoked-machine = revoked
cli-no-users = Nobody signs in over the office network. Add somebody: comin users add NAME --role admin
cli-restored-users = These may sign in over the office network, as at the time of the backup: { $names }. Whoever was removed since is among them again: comin users list
cli-user-removed = { $name } is removed and signed out.
cli-user-password = The password of { $name }, shown only now:
cli-tls-fingerprint = SHA-256 fingerprint of your office's authority, to compare before a browser trusts it:
cli-tls-next-listen = Write into node.toml: [listen] office = ["{ $address }"], add users (comin users add), and start the node again.
cli-tls-next-start = Start the node again. Browsers have to trust the new authority; delete the old one there.
cli-no-registers = There are no registers.
cli-register-made = Register { $name } is there: { $id }
cli-writers-set = The writers are set.
cli-written-by-all = written by all
cli-written-by = written by { $names }
cli-register-partner = partner register
cli-register-internal = internal register
cli-yours-to-write = yours to write
cli-saved = Saved: { $title } ({ $id }) in { $register }
cli-added = Added: { $title } ({ $id }) in { $register }
cli-removed = Marked as deleted: { $title } ({ $id }) in { $register }
cli-restored = There again: { $title } ({ $id }) in { $register }
cli-to-decide = { $n ->
    [one] 1 field waits for a decision: comin conflicts
   *[other] { $n } fields wait for a decision: comin conflicts
}
cli-nothing-found = Nothing found.
cli-figures-as-of = State of the data: { $day }
cli-figures-networks = networks
cli-figures-organisations = organisations
cli-figures-memberships = memberships
cli-figures-bridges = in several networks
cli-figures-events = events
cli-figures-practices = practices
cli-figures-interests = interests
cli-figures-joined = new memberships
cli-figures-members = memberships
cli-figures-countries = Country
cli-figures-levels = Level
cli-figures-target_groups = Target group
cli-figures-months = Month
cli-figures-total = Together
cli-deleted = deleted
cli-in-register = In { $register }; added by { $partner }, { $time }; version { $version }
cli-in-register-read-only = In { $register }, read only; added by { $partner }, { $time }; version { $version }
cli-registers-differ = The registers differ in: { $fields }
cli-cleared = (removed)
cli-in-conflict = In conflict: { $field }
cli-edited = edited { $field }: { $value }
cli-no-conflicts = Nothing is in conflict.
cli-conflict-in = { $title } in { $register }
cli-decided = Decided.
cli-would-import = Would be: { $added } added, { $changed } changed, { $unchanged } unchanged.
cli-row-refused-whole = row { $row }: { $reason }
cli-row-refused = row { $row }, { $column }: { $reason }
cli-import-progress = { $written } of { $total } records written
cli-imported = Imported: { $added } added, { $changed } changed, { $unchanged } unchanged.
cli-row-would-add = row { $row }: would be added
cli-row-would-change = row { $row }: would change { $fields }
cli-import-columns = Columns: { $columns }
cli-import-not-taken = Columns that are not taken: { $columns }
cli-import-key = Rows without id are found again by: { $fields }
cli-import-absent = Records of the register that are not in the file, and stay as they are: { $n }
cli-import-elsewhere = Rows of records in other registers, which say what is there: { $n }
cli-import-ids-unknown = Rows with an id that is not known here, which counts for nothing: { $n }
cli-import-emails-left = E-mail addresses left out because they look like a person’s: { $n }
cli-import-persons = Contact persons: { $added } added, { $changed } changed, { $unchanged } unchanged.
cli-import-persons-terms = To take them, add --purpose, --legal-basis and --retain-until; else --without-persons
cli-import-positions = Positions of cities (GeoNames, CC BY 4.0): { $filled } filled in, { $unknown } cities not known or without a country (--set country=IT), { $several } with several cities of the name.
cli-import-duplicates = These may be there already. Look, and correct name or city in the file where they are:
cli-row-duplicate = row { $row }: { $title } ({ $id }), { $reason }
cli-record-absent = not in the file: { $title } ({ $id })
cli-duplicate-identifier = the same identifier
cli-duplicate-website = the same website
cli-duplicate-name = a similar name in the same city
cli-and-more = … and { $n } more
cli-sync-paused = Exchange is paused, also after a restart. Editing goes on. Back: comin sync resume
cli-sync-resumed = Exchange goes on.
cli-sync-complete = Everyone holds everything.
cli-sync-missing = Missing after { $n } s: { $names }
cli-sync-asked = Asked everyone; not complete yet: { $names }
cli-check-good = { $documents } documents, { $records } records, { $entries } entries: everything is whole, and pages read what the documents say.
cli-check-size = { $live } kB of live data take { $disk } kB on disk.
cli-config-good = { $file } is good.
cli-config-default = { $file } does not exist: the defaults are in force.
cli-version = comin { $version }, store format { $format }
cli-open-once = The link signs one browser in, once, within ten minutes.
doctor-identity = { $name } ({ $country }) in { $place }
doctor-key = the device key is there and closed to others
doctor-config = the configuration can be read
doctor-office = the page for the office can be served: { $addresses }
doctor-store = the store opens
doctor-running = the node is running
doctor-not-running = the node is not running: nothing is exchanged
doctor-paused = exchange is paused by hand
doctor-no-federation = this partner is in no partnership
doctor-no-federation-remedy = comin found NAME, or comin join TICKET
doctor-put-back = this machine was put back to where it stood before: restored, rolled back or copied; what it lacked comes from the others
doctor-put-back-remedy = nothing is to be done where that was meant; else look who did it
doctor-own-fault-remedy = look at this machine: whether it is copied, or its disk is full or broken
doctor-fault-remedy = ask that partner's IT to look at its machine
doctor-told = other nodes are told to come to { $addresses }
doctor-addresses = known addresses of this node: { $addresses }
doctor-no-address = none yet
doctor-port = from outside the office it can be reached only if a router forwards TCP port { $port } to it; then name that address in node.toml: [listen] external
doctor-peer-away = if it stays away: is its node running, and is its port open? There: comin doctor

## Kinds
kind-network = Network
kind-organisation = Organisation
kind-membership = Membership
kind-practice = Good practice
kind-event = Event
kind-interest = Expression of interest
kind-programme = Training programme
kind-publication = Publication
kind-note = Note
kind-sameas = Same as
kind-proposal = Proposal
kinds-network = Networks
kinds-organisation = Organisations
kinds-practice = Good practices
kinds-event = Events

## Fields
field-a = One record
field-about = About
field-accepted_proposals = Accepted proposals
field-activities = Activities
field-address = Address
field-attendance = People who came
field-b = Other record
field-challenges = Challenges
field-changes = Proposed values
field-city = City
field-content = Content
field-contribution = Contribution
field-coordinators = Coordinators
field-country = Country
field-declined_proposals = Declined proposals
field-deleted = Deleted
field-description = Description
field-email = E-mail
field-evidence = Evidence of success
field-sameas-evidence = What speaks for it
field-hours = Hours
field-identifiers = Identifiers
field-implementing_organisation = Implemented by
field-languages = Languages
field-last_verified = Last verified
field-levels = Levels
field-links = Links
field-modules = Modules
field-motivation = Motivation
field-name = Name
field-network = Network
field-networks = Networks
field-nuts = NUTS code
field-organisation = Organisation
field-organisations = Participating organisations
field-organiser = Organiser
field-origin_event = Event of origin
field-original_language = Original language
field-other_names = Other names
field-phone = Telephone
field-place = Place
field-position = Position
field-practices = Good practices presented
field-programme = Programme
field-reason = Reason
field-register = Register
field-resources = Resources
field-role = Role
field-schema = Schema version
field-sha256 = Checksum (SHA-256)
field-since = Since
field-state = State
field-strategy = Strategy
field-summary = Summary
field-target_groups = Target groups
field-text = Text
field-title = Title
field-transfer = Transfer
field-transitions = Steps
field-type = Type
field-until = Until
field-url = Address on the web
field-visibility = Visibility
field-vision = Vision
field-website = Website
field-when = When

## Countries of the partnership
country-si = Slovenia
country-it = Italy
country-fr = France

cli-person-added = Added: { $id }
cli-person-saved = Saved: { $id }
cli-person-shared = Saved: who reads this person from now on. Who does not any more drops it with the next exchange.
cli-person-due-soon = retention ends soon
cli-person-due-over = retention is over: its controller's node erases it
cli-person-due-ask = retention ended long ago: erase it, or set the date (is this machine's clock right?)
cli-person-not-erased = Nobody has asked for an erasure of this person.
cli-person-erased = Erased on { $k } of { $n } devices of { $m } partners.
cli-person-missing = Not yet: { $name }, last heard { $time }
cli-person-missing-unheard = Not yet: { $name }, never heard from here
cli-person-waits = It waits here: another partner has asked for more erasures than are carried out at once. To agree: comin person erase { $id } --reason request
cli-person-files = The person was put into these files, which you have to remove yourself:
cli-person-written = Written: { $file }
kind-person = Person
field-given_name = Given name
field-family_name = Family name
field-purpose = Purpose
field-legal_basis = Legal basis
field-informed_on = Informed on
field-retain_until = Keep until
field-language = Language

## Exports
cli-no-calendars = No calendar reads the events. Make an address for one: comin calendars add NAME
cli-calendar-all = all that this node reads
cli-calendar-public = what is for the public
cli-calendar-address = The address for { $name }, shown only now. Whoever has it reads the events:
cli-calendar-path = While the node runs, behind its address: { $path }
cli-calendar-removed = { $name } is removed; its address opens nothing any more.
cli-search-more = … and { $n } more: write more words, or --limit N
calendar-name = COM-IN events
export-column-id = Id
export-column-register = Register
export-column-title = name
export-column-start = start
export-column-end = end

# Work with records
reference-not-received = not received yet
reference-not-shared = not shared with you
reference-deleted = deleted
reference-erased = erased
record-absent = Named here and not to be seen
record-linked = What leads here
record-merged = Together with
record-stale-translation = older than the original
proposal-open = waits for a decision
proposal-accepted = accepted
proposal-declined = declined
proposal-withdrawn = withdrawn
same-identifier = same identifier: { $value }
same-website = same website: { $value }
same-name = similar name in { $value }
news-added = added
news-changed = changed
news-deleted = deleted
problem-no-way = From this state there is no such step.
problem-already = It is in this state already.
problem-decided = This was decided already.
cli-advanced = { $title }: { $status }
cli-membership = The membership stands: comin membership show { $id }
cli-interest-recorded = { $n ->
    [one] 1 expression of interest recorded.
   *[other] { $n } expressions of interest recorded.
}
cli-proposed-change = Proposed as { $id }; who keeps the record sees it in “comin proposals”.
cli-no-proposals = No proposal waits for a decision.
cli-proposal = { $title }, proposed by { $partner } on { $time }: { $state }
cli-proposal-value = { $field }: { $now } → { $then }
cli-proposal-decide = comin proposals accept { $id }, or comin proposals decline { $id }
cli-proposal-decided = The proposal is { $state }.
cli-no-suggestions = No two organisations look as if they were one.
cli-suggestion = { $a } ({ $first }) and { $b } ({ $second })
cli-suggestion-decide = comin sameas confirm { $id }, or comin sameas refuse { $id }
cli-same-set = { $title }: { $state }
cli-no-stale = Everything was verified within { $months } months.
cli-stale-verify = Still right? comin KIND edit ID --set last_verified={ $today }
cli-never-verified = never verified
cli-no-news = Nothing has changed since { $since }.
cli-news-of = { $partner }, { $kind }: { $added } added, { $changed } changed, { $deleted } deleted
cli-linked = What leads here
cli-absent = Named here and not to be seen
cli-merged = Together with
record-claimed = Claimed: it is not recorded in the register of its network.

## Carrying over a federation whose stewards are lost
partner-state-elsewhere = In another partnership
carried-over = { $founder } has founded “{ $name }”, which carries over this partnership.
carried-over-title = A new partnership carries this one over
carried-over-how = Somebody holds that the stewards can never decide again. Telephone the partners and settle on one. All data stays, whatever you choose; until both of you are in the same partnership, nothing is exchanged.
carried-over-without-us = It does not have this partner yet: its founder has to sign your admission first. Let your machines connect, and ask it to.
carried-over-left = Not carried over unless its stewards sign it:
carried-over-go = Go along
carried-over-stay = Stay here
cli-carried-over-next = Everything that stood is carried over. The other partners are asked when they connect: comin approvals
cli-carried-over-go = To go along, on each of your machines: comin approvals approve { $id }
cli-carried-over-stay = To stay: comin approvals reject { $id }

## A further machine, certified by another one
cli-further-asks = Hand this to a machine of your organisation with the admin right, and there: comin devices add REQUEST --file FILE
cli-further-then = Then, here: comin --data-dir { $dir } init --further --certified FILE
cli-further-done = { $device } is a machine of { $name } now.
cli-further-join = To meet the others it needs a ticket: comin --data-dir { $dir } run, and in another window: comin --data-dir { $dir } join TICKET
cli-certified = { $name } is certified as a machine of your organisation:
cli-certified-next = Hand this to the new machine, with a ticket of any member: comin init --further --certified FILE, then comin join TICKET. It opens nothing on any other machine.
