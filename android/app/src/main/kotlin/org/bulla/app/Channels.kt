package org.bulla.app

import android.app.NotificationManager
import android.content.Context
import androidx.core.app.NotificationChannelCompat
import androidx.core.app.NotificationManagerCompat

/** The kinds of notification that a person can turn down or off, one by one, in the phone's settings. */
object Channels {
    /** That the app stays connected. Silent. */
    const val CONNECTION = "connection"

    /** That somebody wrote. */
    const val MESSAGES = "messages"

    /** Makes them, or renames them in the phone's language. */
    fun make(context: Context) {
        val connection = NotificationChannelCompat.Builder(CONNECTION, NotificationManager.IMPORTANCE_LOW)
            .setName(context.getString(R.string.channel_sync))
            .setShowBadge(false)
            .build()
        val messages = NotificationChannelCompat.Builder(MESSAGES, NotificationManager.IMPORTANCE_HIGH)
            .setName(context.getString(R.string.channel_messages))
            .build()
        NotificationManagerCompat.from(context).createNotificationChannelsCompat(listOf(connection, messages))
    }
}
