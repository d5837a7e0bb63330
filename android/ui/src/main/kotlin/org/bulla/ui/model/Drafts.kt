package org.bulla.ui.model

import java.util.concurrent.ConcurrentHashMap
import org.bulla.model.AccountId
import org.bulla.model.DraftPurpose
import org.bulla.model.RoomId
import org.bulla.model.SavedDraft

/** What was begun and not sent in the conversations that were open since the start. The library keeps it beyond that. */
class Drafts {
    private val drafts = ConcurrentHashMap<Pair<AccountId, RoomId>, SavedDraft>()

    fun of(account: AccountId, room: RoomId): Draft = object : Draft {
        override var saved: SavedDraft?
            get() = drafts[account to room]
            set(value) {
                if (value == null || value.text.isEmpty()) drafts.remove(account to room) else drafts[account to room] = value
            }
    }

    fun forget(account: AccountId) {
        drafts.keys.removeAll { it.first == account }
    }
}

/** What was begun in one conversation. */
interface Draft {
    var saved: SavedDraft?
}

/** Of a part of a conversation: it lives as long as its screen. */
internal class PassingDraft : Draft {
    override var saved: SavedDraft? = null
}

internal val Draft.text: String get() = saved?.text.orEmpty()

internal fun written(text: String) = SavedDraft(text, purpose = DraftPurpose.Write)
