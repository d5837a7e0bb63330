package org.bulla.app

import android.annotation.SuppressLint
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import android.net.Uri
import androidx.core.app.NotificationCompat
import androidx.core.app.NotificationManagerCompat
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.launch
import org.bulla.Session
import org.bulla.model.AccountId
import org.bulla.model.Failure
import org.bulla.model.RoomFilter
import org.bulla.model.RoomId
import org.bulla.model.RoomSummary
import org.bulla.roomList
import org.bulla.ui.model.AppModel
import org.bulla.ui.theme.wordsOf
import org.bulla.ui.words.title

/** While no screen is shown, tells in which conversation of which account something was written; what was written stays in the app. */
class Messages(private val context: Context, private val model: AppModel) {
    private val manager = NotificationManagerCompat.from(context)

    suspend fun tell(shown: Flow<Boolean>) = combine(shown, model.open, ::Pair).collectLatest { (shown, open) ->
        // Whoever looks at the app has been told.
        if (shown || open.isEmpty()) return@collectLatest manager.cancelAllOf(Channels.MESSAGES)
        coroutineScope { for ((account, session) in open) launch { follow(account, session) } }
    }

    private suspend fun follow(account: AccountId, session: Session) {
        var before: Map<RoomId, UInt>? = null
        try {
            session.roomList(RoomFilter.UNREAD).collect { rooms ->
                val known = before
                if (known != null) {
                    rooms.filter { it.unread > (known[it.id] ?: 0u) && !it.muted }.forEach { tell(account, it) }
                    // Read on another device.
                    (known.keys - rooms.map { it.id }.toSet()).forEach { manager.cancel(tag(account, it), NOTIFICATION) }
                }
                before = rooms.associate { it.id to it.unread }
            }
        } catch (_: Failure) {
            // The list says so itself, once it is looked at.
        }
    }

    // Without the permission the system shows nothing.
    @SuppressLint("MissingPermission")
    private fun tell(account: AccountId, room: RoomSummary) {
        val words = wordsOf(model.state.value.settings.language)
        val notification = NotificationCompat.Builder(context, Channels.MESSAGES)
            .setSmallIcon(R.drawable.ic_status)
            .setContentTitle(words.title(room))
            .setContentText(words.notificationText)
            .setSubText(user(account))
            .setGroup(account)
            .setContentIntent(opening(account, room.id))
            .setCategory(NotificationCompat.CATEGORY_MESSAGE)
            .setVisibility(NotificationCompat.VISIBILITY_PRIVATE)
            .setNumber(room.unread.toInt())
            .setAutoCancel(true)
            .build()
        manager.notify(tag(account, room.id), NOTIFICATION, notification)
    }

    /** Whose it is, where several are signed in. */
    private fun user(account: AccountId) = model.state.value.accounts.takeIf { it.size > 1 }?.find { it.id == account }?.user

    /** The link to a conversation, as any other app could give it, and the account that it is of. */
    private fun opening(account: AccountId, room: RoomId): PendingIntent {
        val link = Uri.parse("https://matrix.to/#/${Uri.encode(room)}")
        val intent = Intent(Intent.ACTION_VIEW, link, context, MainActivity::class.java).putExtra(MainActivity.ACCOUNT, account)
        // Two that differ by the account alone would be one to the system.
        return PendingIntent.getActivity(context, account.hashCode(), intent, PendingIntent.FLAG_IMMUTABLE)
    }

    private fun NotificationManagerCompat.cancelAllOf(channel: String) = activeNotifications
        .filter { it.notification.channelId == channel }
        .forEach { cancel(it.tag, it.id) }

    private companion object {
        /** A conversation's notification is named by its account, its id and this. */
        const val NOTIFICATION = 2

        fun tag(account: AccountId, room: RoomId) = "$account $room"
    }
}
