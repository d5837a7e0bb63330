#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Someone in a conversation; where this person may, a menu shows what can be done with their place in it.
    struct MemberRow: View {
        let member: Member
        let model: RoomDetailsModel
        @State private var isBanning = false
        @Environment(\.words) private var words

        var body: some View {
            HStack {
                PersonRow(user: member.user, name: member.name, picture: member.avatar, note: note)
                if model.manages(member) {
                    Menu {
                        ForEach(model.roles(for: member), id: \.self) { role in
                            Button(text(role)) { Task { await model.setRole(member.user, role) } }
                        }
                        if model.may(.remove) {
                            Button(words.removeMember, role: .destructive) { Task { await model.remove(member.user) } }
                        }
                        if model.may(.ban) { Button(words.banMember, role: .destructive) { isBanning = true } }
                    } label: {
                        Label(words.manageMember(name: name), systemImage: "ellipsis")
                            .labelStyle(.iconOnly)
                            .frame(minWidth: 44, minHeight: 44)
                    }
                }
            }
            .confirmationDialog(words.banMember, isPresented: $isBanning, titleVisibility: .visible) {
                Button(words.banMember, role: .destructive) { Task { await model.ban(member.user) } }
            } message: {
                Text(words.banMemberText(name: name))
            }
        }

        private var name: String { nameOf(member.user, member.name) }

        private var note: String? {
            let place = member.membership == .invited ? words.invited : words.role(member.role)
            let parts = [place, member.guest ? words.guest : nil].compactMap { $0 }
            return parts.isEmpty ? nil : parts.joined(separator: " · ")
        }

        private func text(_ role: MemberRole) -> String {
            switch role {
            case .administrator, .creator: words.giveAdministrator
            case .moderator: words.giveModerator
            case .participant: words.takeRole
            }
        }
    }
#endif
