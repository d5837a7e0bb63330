#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// Where the account is signed in.
    struct DevicesView: View {
        @Bindable var model: DevicesModel
        let link: () -> Void
        @State private var renamed: DeviceInfo?
        @State private var name = ""
        @State private var password = ""
        @Environment(\.words) private var words

        var body: some View {
            List {
                Notice(problem: model.leaving.isEmpty ? model.problem : nil, seen: model.problemSeen)
                if model.advice { Text(words.devicesAdvice) }
                if let page = model.page {
                    Text(words.devicesElsewhere)
                    if let address = URL(string: page) { Link(words.openPage, destination: address) }
                }
                if model.mayLink { Button(words.linkDevice, systemImage: "plus", action: link) }
                ForEach(model.devices, id: \.id) { device in row(device) }
                if !model.others.isEmpty {
                    Button(words.signOutOthers, role: .destructive) { model.leave(model.others.map(\.id)) }
                }
            }
            .overlay { if model.loading { ProgressView() } }
            .refreshable { model.retry() }
            .navigationTitle(words.devices)
            .alert(words.deviceRename, isPresented: isRenaming) {
                TextField(words.name, text: $name)
                Button(words.save) {
                    if let renamed { Task { [name] in await model.rename(renamed.id, to: name) } }
                }
                Button(words.cancel, role: .cancel) {}
            }
            .alert(words.signOut, isPresented: isLeaving) {
                SecureField(words.password, text: $password)
                Button(words.signOut, role: .destructive) {
                    Task { [password] in await model.signOut(password: password) }
                    password = ""
                }
                Button(words.cancel, role: .cancel, action: model.stay)
            } message: {
                if let problem = model.problem { Text(words.problem(problem)) }
            }
        }

        private func row(_ device: DeviceInfo) -> some View {
            VStack(alignment: .leading, spacing: 6) {
                VStack(alignment: .leading, spacing: 2) {
                    Text(verbatim: oneLine(device.name ?? device.id)).font(.headline)
                    if device.current { Text(words.thisDevice) }
                    if !device.current, let at = device.lastSeen { Text(words.lastSeen(moment: words.moment(at))) }
                    Text(device.verified ? words.deviceVerified : words.deviceNotVerified)
                }
                .foregroundStyle(.secondary)
                .accessibilityElement(children: .combine)
                if device.new {
                    Text(words.wasItYou).foregroundStyle(.red)
                    Button(words.itWasMe) { Task { await model.acknowledge(device.id) } }
                    Button(words.itWasNotMe, role: .destructive) { model.deny(device.id) }
                } else {
                    Button(words.deviceRename) { (name, renamed) = (device.name ?? "", device) }
                    if !device.current { Button(words.deviceSignOut, role: .destructive) { model.leave([device.id]) } }
                }
            }
            .buttonStyle(.borderless)
        }

        private var isRenaming: Binding<Bool> { Binding(get: { renamed != nil }, set: { if !$0 { renamed = nil } }) }

        private var isLeaving: Binding<Bool> {
            Binding(get: { !model.leaving.isEmpty && !model.busy }, set: { _ in })
        }
    }
#endif
