package org.bulla.app

import android.net.ConnectivityManager
import androidx.lifecycle.Lifecycle.State
import androidx.lifecycle.ProcessLifecycleOwner
import androidx.test.core.app.ActivityScenario
import org.bulla.model.SessionState
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf

/** In the background the session rests, unless the service keeps it going. */
@RunWith(RobolectricTestRunner::class)
class LifecycleTest {
    @get:Rule val phone = Phone()

    @Test fun pausesInTheBackgroundAndResumes() {
        ActivityScenario.launch(MainActivity::class.java).use { activity ->
            phone.signIn()
            phone.state("live") { it is SessionState.Live }
            activity.moveToState(State.CREATED)
            phone.state("paused") { it is SessionState.Paused }
            activity.moveToState(State.RESUMED)
            phone.state("live again") { it is SessionState.Live }
        }
    }

    @Test fun theServiceKeepsItLive() {
        ActivityScenario.launch(MainActivity::class.java).use { activity ->
            phone.signIn()
            phone.state("live") { it is SessionState.Live }
            val started = phone.eventually("the service is asked for") { shadowOf(phone.app).nextStartedService }
            assertEquals(SyncService::class.java.name, started.component?.className)
            val service = Robolectric.buildService(SyncService::class.java, started).create().startCommand(0, 1)
            activity.moveToState(State.CREATED)
            phone.until("the app is in the background") { ProcessLifecycleOwner.get().lifecycle.currentState == State.CREATED }
            phone.state("live without a screen") { it is SessionState.Live }
            service.destroy()
            phone.state("paused once the service has ended") { it is SessionState.Paused }
        }
    }

    @Test fun tellsOfTheNetwork() {
        ActivityScenario.launch(MainActivity::class.java).use {
            phone.signIn()
            phone.state("live") { it is SessionState.Live }
            val connectivity = checkNotNull(phone.app.getSystemService(ConnectivityManager::class.java))
            val network = checkNotNull(connectivity.activeNetwork)
            shadowOf(connectivity).networkCallbacks.forEach { it.onLost(network) }
            phone.state("offline") { it is SessionState.Offline }
            shadowOf(connectivity).networkCallbacks.forEach { it.onAvailable(network) }
            phone.state("live again") { it is SessionState.Live }
        }
    }

    @Test fun theServiceSaysThatItRuns() {
        val service = Robolectric.buildService(SyncService::class.java).create().startCommand(0, 1).get()
        val notification = checkNotNull(shadowOf(service).lastForegroundNotification)
        assertEquals(Channels.CONNECTION, notification.channelId)
        assertEquals(phone.app.getString(R.string.sync_running), notification.extras.getString("android.title"))
        assertEquals(SyncService.NOTIFICATION, shadowOf(service).lastForegroundNotificationId)
        // Android 15 says so after six hours.
        service.onTimeout(1, 0)
        assertTrue(shadowOf(service).isStoppedBySelf)
    }
}
