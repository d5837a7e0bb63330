package org.bulla.app

import android.app.Notification
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import android.content.pm.ServiceInfo
import android.os.Build
import android.os.IBinder
import android.app.Service
import androidx.core.app.NotificationCompat
import androidx.core.app.ServiceCompat
import androidx.core.content.ContextCompat

/**
 * Keeps the process and its session alive while no screen is shown, as long as no push wakes the app.
 *
 * Android 15 ends such a service after six hours in the background; the session then pauses until the app is opened again.
 */
class SyncService : Service() {
    override fun onBind(intent: Intent?): IBinder? = null

    override fun onStartCommand(intent: Intent?, flags: Int, startId: Int): Int {
        val type = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) ServiceInfo.FOREGROUND_SERVICE_TYPE_DATA_SYNC else 0
        ServiceCompat.startForeground(this, NOTIFICATION, notification(), type)
        awake(true)
        // Without an account to serve, a new process has no use for it: the app starts it again.
        return START_NOT_STICKY
    }

    override fun onTimeout(startId: Int, fgsType: Int) = stopSelf()

    override fun onDestroy() {
        awake(false)
        super.onDestroy()
    }

    private fun awake(awake: Boolean) {
        (application as BullaApplication).process.servedInBackground.value = awake
    }

    private fun notification(): Notification {
        val open = PendingIntent.getActivity(this, 0, Intent(this, MainActivity::class.java), PendingIntent.FLAG_IMMUTABLE)
        return NotificationCompat.Builder(this, Channels.CONNECTION)
            .setSmallIcon(R.drawable.ic_status)
            .setContentTitle(getString(R.string.sync_running))
            .setContentIntent(open)
            .setOngoing(true)
            .setForegroundServiceBehavior(NotificationCompat.FOREGROUND_SERVICE_DEFERRED)
            .build()
    }

    companion object {
        /** Names its notification. */
        const val NOTIFICATION = 1

        /** Starts it, which Android allows while a screen is shown. */
        fun start(context: Context) = ContextCompat.startForegroundService(context, Intent(context, SyncService::class.java))

        fun stop(context: Context) {
            context.stopService(Intent(context, SyncService::class.java))
        }
    }
}
