#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// What asks to be confirmed: a button for whoever reads it, and who has pressed theirs.
    struct AnnouncementView: View {
        let announcement: Announcement
        let isMine: Bool
        let confirm: () -> Void
        @State private var isListing = false
        @Environment(\.words) private var words

        var body: some View {
            VStack(alignment: .leading, spacing: 4) {
                Label(words.announcement, systemImage: "megaphone").font(.caption.bold())
                if !isMine {
                    Button(announcement.mine ? words.confirmed : words.confirmReading, action: confirm)
                        .buttonStyle(.bordered)
                        .frame(minHeight: 44)
                }
                if announcement.confirmed.isEmpty {
                    Text(words.confirmedByNobody).font(.caption)
                } else {
                    Button(words.confirmedBy(count: announcement.confirmed.count)) { isListing = true }.frame(minHeight: 44)
                }
            }
            .sheet(isPresented: $isListing) {
                NavigationStack {
                    List(announcement.confirmed, id: \.self) { Text($0) }
                        .navigationTitle(words.confirmedBy(count: announcement.confirmed.count))
                        .toolbar { Button(words.close) { isListing = false } }
                }
            }
        }
    }
#endif
