#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// A conversation's details and members.
    struct DetailsView: View {
        let model: RoomDetailsModel
        let go: (Route) -> Void
        @State private var editing: Editing?
        @State private var typed = ""
        @State private var isLeaving = false
        @State private var isOpening = false
        @State private var isIgnoring = false
        @State private var day = Date.now
        @Environment(\.words) private var words

        private enum Editing { case name, topic, invitation, report }

        var body: some View {
            List {
                Notice(problem: model.problem, text: words.inviteProblem, seen: model.problemSeen)
                if let summary = model.summary { about(summary) }
                Section(words.membersCount(count: model.members.count)) {
                    if model.loading { ProgressView(words.loading) }
                    ForEach(model.members, id: \.user) { MemberRow(member: $0, model: model) }
                    if model.may(.invite) {
                        Button(words.invite, systemImage: "person.badge.plus") { begin(.invitation, with: "") }
                    }
                    if let why = words.refused(model.abilities[.invite] ?? nil) { Text(why).font(.footnote) }
                }
                if !model.mailed.isEmpty {
                    Section(words.invitedByEmail) {
                        ForEach(model.mailed, id: \.id) { invitation in
                            HStack {
                                Label(oneLine(invitation.name), systemImage: "envelope")
                                Spacer()
                                Button(words.revokeInvitation(name: oneLine(invitation.name)), systemImage: "minus.circle") {
                                    Task { await model.revoke(invitation) }
                                }
                                .labelStyle(.iconOnly)
                                .frame(minWidth: 44, minHeight: 44)
                            }
                        }
                    }
                }
                if model.may(.openToGuests) || model.may(.changeLinkAccess) || model.summary?.link != nil { access }
                if let export = model.export, model.summary?.kind != .space {
                    ExportSection(model: export, title: model.summary.map(words.title) ?? "")
                }
                Section {
                    Button(words.reportRoom, role: .destructive) { begin(.report, with: "") }
                    if model.summary?.directWith != nil { Button(words.ignore, role: .destructive) { isIgnoring = true } }
                    Button(words.leave, role: .destructive) { isLeaving = true }
                }
            }
            .disabled(model.busy)
            .navigationTitle(words.details)
            .alert(title, isPresented: Binding(get: { editing != nil }, set: { if !$0 { editing = nil } })) {
                TextField(title, text: $typed)
                Button(editing == .invitation ? invitation : editing == .report ? words.send : words.save, action: save)
                Button(words.cancel, role: .cancel) {}
            } message: {
                if editing == .invitation { Text(model.invitesByEmail ? words.inviteEmailHint : words.inviteHint) }
                if editing == .report { Text(words.reportHint) }
            }
            .confirmationDialog(
                words.leaveTitle(name: model.summary.map(words.title) ?? ""), isPresented: $isLeaving, titleVisibility: .visible
            ) {
                ForEach(model.successors, id: \.user) { member in
                    Button(words.leaveTo(name: nameOf(member.user, member.name))) { Task { await model.leave(to: member.user) } }
                }
                Button(model.successors.isEmpty ? words.leave : words.leaveAnyway, role: .destructive) {
                    Task { await model.leave() }
                }
            } message: {
                Text(
                    !model.successors.isEmpty
                        ? words.leaveSuccessor : model.lastAdministrator ? words.leaveLastAdministrator : words.leaveText)
            }
            .confirmationDialog(words.ignore, isPresented: $isIgnoring, titleVisibility: .visible) {
                Button(words.ignore, role: .destructive) {
                    Task { if let user = model.summary?.directWith { await model.ignore(user) } }
                }
            } message: {
                Text(words.ignoreText)
            }
            .confirmationDialog(words.openToGuests, isPresented: $isOpening, titleVisibility: .visible) {
                Button(words.openToGuests, role: .destructive) { Task { await model.openToGuests() } }
            } message: {
                Text(words.openToGuestsText)
            }
        }

        private var access: some View {
            Section {
                if model.may(.openToGuests) { Button(words.openToGuests) { isOpening = true } }
                if model.may(.changeLinkAccess) {
                    Toggle(
                        words.linkAccess,
                        isOn: Binding(
                            get: { model.summary?.link != nil }, set: { wanted in Task { await model.setLinkAccess(wanted) } }))
                }
                if model.may(.changeLinkAccess) {
                    Toggle(
                        words.knocking,
                        isOn: Binding(get: { model.knocking }, set: { wanted in Task { await model.setKnocking(wanted) } }))
                }
                ForEach(model.asking, id: \.user) { person in
                    HStack {
                        PersonRow(user: person.user, name: person.name, picture: person.avatar)
                        Button(words.letIn) { Task { await model.answerKnock(person.user, true) } }
                        Button(words.decline, role: .destructive) { Task { await model.answerKnock(person.user, false) } }
                    }
                    .buttonStyle(.bordered)
                }
                if let link = model.summary?.link { ShareLink(words.copyLink, item: link) }
            } footer: {
                if model.may(.changeLinkAccess) { Text(words.linkAccessHint) }
            }
        }

        @ViewBuilder private func about(_ summary: RoomSummary) -> some View {
            Section {
                HStack(spacing: 12) {
                    Initials(name: words.title(summary), id: summary.directWith ?? summary.id, picture: summary.avatar)
                    VStack(alignment: .leading) {
                        Text(words.title(summary)).font(.title3.bold()).accessibilityAddTraits(.isHeader)
                        Label(
                            summary.encrypted ? words.encrypted : words.notEncrypted,
                            systemImage: summary.encrypted ? "lock.fill" : "lock.open"
                        )
                        .font(.footnote)
                        if summary.directWith == nil { Text(words.kind(summary.kind)).font(.footnote) }
                    }
                }
                Text(summary.topic ?? words.noTopic).foregroundStyle(summary.topic == nil ? .secondary : .primary)
                if model.may(.rename) { Button(words.rename) { begin(.name, with: words.title(summary)) } }
                if model.may(.changeTopic) { Button(words.changeTopic) { begin(.topic, with: summary.topic ?? "") } }
                if summary.directWith == nil, model.may(.changeAvatar) {
                    PictureButtons(
                        isChosenHere: model.choosesPictures, isThere: summary.avatar != nil,
                        choose: model.chooseAvatar, remove: model.removeAvatar)
                }
            }
            Section { Button(words.roomSettings, systemImage: "gearshape") { go(.roomSettings(summary.id)) } }
            if summary.kind != .space { parts(summary) }
            Section {
                Toggle(
                    words.favourite,
                    isOn: Binding(get: { summary.favourite }, set: { wanted in Task { await model.favourite(wanted) } }))
                Toggle(
                    words.muted, isOn: Binding(get: { summary.muted }, set: { wanted in Task { await model.mute(wanted) } }))
            }
        }

        private func parts(_ summary: RoomSummary) -> some View {
            Section {
                Button(words.filesOf, systemImage: "photo.on.rectangle") { go(.gallery(summary.id)) }
                Button("\(words.ending) · \(words.lifetime(summary.ending))", systemImage: "timer") { go(.ending(summary.id)) }
                Button(words.pins, systemImage: "pin") { go(.part(summary.id, .pinned)) }
                Button(words.threads, systemImage: "bubble.left.and.text.bubble.right") { go(.threads(summary.id)) }
                DatePicker(words.goToDay, selection: $day, in: ...Date.now, displayedComponents: .date)
                Button(words.go) {
                    Task {
                        let start = Calendar.current.startOfDay(for: day)
                        if let event = await model.findDay(start) { go(.part(summary.id, .around(event))) }
                    }
                }
                Button(words.markUnread, systemImage: "envelope.badge") { Task { await model.markUnread() } }
            }
        }

        private var title: String {
            switch editing {
            case .name, nil: words.name
            case .topic: words.topic
            case .invitation: words.invite
            case .report: words.reportReason
            }
        }

        /// What inviting does with what is typed.
        private var invitation: String {
            model.email(in: typed).map { words.inviteByEmail(email: oneLine($0)) } ?? words.inviteSend
        }

        private func begin(_ what: Editing, with text: String) {
            typed = text
            editing = what
        }

        private func save() {
            let (what, text) = (editing, typed)
            Task {
                switch what {
                case .name: await model.rename(text)
                case .topic: await model.setTopic(text)
                case .invitation: await model.invite(text)
                case .report: await model.report(text)
                case nil: break
                }
            }
        }
    }
#endif
