package org.bulla.app

import android.Manifest
import android.annotation.SuppressLint
import android.content.Context
import android.content.pm.PackageManager
import android.location.Location
import android.location.LocationListener
import android.location.LocationManager
import android.os.Build
import android.os.Bundle
import android.os.CancellationSignal
import android.os.Looper
import androidx.activity.ComponentActivity
import androidx.activity.result.ActivityResultLauncher
import androidx.activity.result.contract.ActivityResultContracts
import androidx.core.content.ContextCompat
import kotlin.coroutines.resume
import kotlin.math.ceil
import kotlin.math.roundToInt
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withTimeoutOrNull
import org.bulla.model.Place
import org.bulla.ui.model.PlacePort

/** Where the phone is, once, as its own location service tells it. The person is asked the first time. */
class DevicePlace(private val context: Context) : PlacePort {
    private var launcher: ActivityResultLauncher<Array<String>>? = null
    private var asked: CompletableDeferred<Unit>? = null

    /** The activity that is in front: the question is shown above it. */
    fun use(activity: ComponentActivity) {
        launcher = activity.registerForActivityResult(ActivityResultContracts.RequestMultiplePermissions()) { asked?.complete(Unit) }
    }

    override suspend fun here(): Place? {
        if (!allowed()) {
            val answer = CompletableDeferred<Unit>().also { asked = it }
            launcher?.launch(PERMISSIONS) ?: return null
            answer.await()
            if (!allowed()) return null
        }
        val manager = context.getSystemService(LocationManager::class.java) ?: return null
        val provider = PROVIDERS.firstOrNull { it in manager.allProviders && manager.isProviderEnabled(it) && (it != LocationManager.GPS_PROVIDER || has(Manifest.permission.ACCESS_FINE_LOCATION)) }
        return withTimeoutOrNull(PATIENCE) { provider?.let { current(manager, it) } }?.let(::place)
    }

    private fun allowed() = PERMISSIONS.any(::has)

    private fun has(permission: String) = ContextCompat.checkSelfPermission(context, permission) == PackageManager.PERMISSION_GRANTED

    /** It was looked at before whether the app may. */
    @SuppressLint("MissingPermission")
    private suspend fun current(manager: LocationManager, provider: String): Location? = suspendCancellableCoroutine { waiting ->
        val answer = { found: Location? -> if (waiting.isActive) waiting.resume(found) }
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            val signal = CancellationSignal()
            waiting.invokeOnCancellation { signal.cancel() }
            manager.getCurrentLocation(provider, signal, context.mainExecutor) { answer(it) }
        } else {
            val listener = Once(answer)
            waiting.invokeOnCancellation { manager.removeUpdates(listener) }
            @Suppress("DEPRECATION")
            manager.requestSingleUpdate(provider, listener, Looper.getMainLooper())
        }
    }

    /** Before Android 11 each of these has to be there. */
    private class Once(private val answer: (Location?) -> Unit) : LocationListener {
        override fun onLocationChanged(location: Location) = answer(location)

        override fun onProviderEnabled(provider: String) {}

        override fun onProviderDisabled(provider: String) = answer(null)

        @Deprecated("Android 9 and before call it")
        override fun onStatusChanged(provider: String?, status: Int, extras: Bundle?) {}
    }

    private fun place(location: Location) = Place(
        (location.latitude * 1_000_000).roundToInt(),
        (location.longitude * 1_000_000).roundToInt(),
        if (location.hasAccuracy()) ceil(location.accuracy).toInt().coerceIn(0, 40_000_000).toUInt() else null,
    )

    private companion object {
        val PERMISSIONS = arrayOf(Manifest.permission.ACCESS_FINE_LOCATION, Manifest.permission.ACCESS_COARSE_LOCATION)
        val PROVIDERS = listOf(LocationManager.GPS_PROVIDER, LocationManager.NETWORK_PROVIDER)
        val PATIENCE = 30.seconds
    }
}
