#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// A place that is about to be sent: what was typed or where the device is, shown before it goes.
    struct PlaceView: View {
        let model: ConversationModel
        @Bindable var placing: Placing
        @Environment(\.words) private var words

        var body: some View {
            NavigationStack {
                List {
                    Section {
                        if placing.locates {
                            Button(words.placeHere, systemImage: "location") { Task { await placing.locate() } }
                                .disabled(placing.isLooking)
                        }
                        if placing.isLooking { ProgressView(words.placeLooking) }
                        if placing.isUnknown { Text(words.placeUnknown).foregroundStyle(.red) }
                        TextField(words.placeTyped, text: Binding(get: { placing.text }, set: placing.setText))
                            .textInputAutocapitalization(.never)
                            .autocorrectionDisabled()
                        if placing.problem != nil { Text(words.problemPlace).foregroundStyle(.red) }
                    } footer: {
                        Text(words.placeTypedHint)
                    }
                    Section { TextField(words.placeAbout, text: $placing.about) }
                    if let place = placing.place {
                        Section {
                            Label(words.placeShown(place: words.degrees(place)), systemImage: "mappin")
                            Button(words.send, systemImage: "paperplane") { Task { await model.sendPlace() } }
                        }
                    }
                    if placing.locates {
                        Section {
                            ForEach(PlaceSharing.durations, id: \.self) { duration in
                                Button(words.span(duration)) { Task { await model.sharePlace(duration) } }
                            }
                        } header: {
                            Text(words.placeLive)
                        } footer: {
                            Text(words.placeLiveHint)
                        }
                    }
                }
                .navigationTitle(words.sendPlace)
                .toolbar { ToolbarItem(placement: .cancellationAction) { Button(words.cancel, action: model.stopPlace) } }
            }
        }
    }
#endif
