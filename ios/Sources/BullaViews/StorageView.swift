#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// What files take up here, how to free it, and how long they stay.
    struct StorageView: View {
        let model: StorageModel
        @State private var isClearing = false
        @Environment(\.words) private var words

        var body: some View {
            Form {
                Notice(problem: model.problem, seen: model.problemSeen)
                if let storage = model.storage {
                    Section {
                        Text(words.storageUsed(size: words.size(storage.bytes), count: Int(storage.files))).font(.title3)
                        if storage.files > 0 { Button(words.storageClear, role: .destructive) { isClearing = true } }
                    } footer: {
                        Text(words.storageHint)
                    }
                }
                if let retention = model.retention {
                    let days = Int(retention.maxAge / 86_400)
                    Picker(words.storageMost, selection: choice(retention.maxBytes) { await model.setMost($0) }) {
                        ForEach(Set(StorageModel.most + [retention.maxBytes]).sorted(), id: \.self) { Text(words.size($0)).tag($0) }
                    }
                    .pickerStyle(.inline)
                    Picker(words.storageLongest, selection: choice(days) { await model.setLongest(days: $0) }) {
                        ForEach(Set(StorageModel.days + [days]).sorted(), id: \.self) { Text(words.daysCount(count: $0)).tag($0) }
                    }
                    .pickerStyle(.inline)
                }
            }
            .disabled(model.busy)
            .navigationTitle(words.storage)
            .confirmationDialog(words.storageClear, isPresented: $isClearing, titleVisibility: .visible) {
                Button(words.storageClear, role: .destructive) { Task { await model.clear() } }
            } message: {
                Text(words.storageClearText)
            }
        }

        private func choice<Value>(_ now: Value, _ set: @escaping @MainActor (Value) async -> Void) -> Binding<Value> {
            Binding(get: { now }, set: { wanted in Task { await set(wanted) } })
        }
    }
#endif
