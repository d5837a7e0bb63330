package org.bulla.ui.model

import java.util.concurrent.ConcurrentHashMap
import org.bulla.model.AccountId
import org.bulla.model.RoomId

/** What was begun and not sent, by conversation. In memory: the library does not keep drafts yet, and no other place is encrypted. */
class Drafts {
    private val texts = ConcurrentHashMap<Pair<AccountId, RoomId>, String>()

    fun of(account: AccountId, room: RoomId): Draft = object : Draft {
        override var text: String
            get() = texts[account to room].orEmpty()
            set(value) {
                if (value.isEmpty()) texts.remove(account to room) else texts[account to room] = value
            }
    }

    fun forget(account: AccountId) {
        texts.keys.removeAll { it.first == account }
    }
}

/** What was begun in one conversation. */
interface Draft {
    var text: String
}
