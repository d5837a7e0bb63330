package org.bulla.app

import android.net.ConnectivityManager
import android.net.Network
import android.net.NetworkCapabilities
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate
import org.bulla.model.NetworkChange

/** Tells when the phone's network comes, changes or goes; first how it is now. */
fun ConnectivityManager.changes(): Flow<NetworkChange> = callbackFlow {
    val callback = object : ConnectivityManager.NetworkCallback() {
        override fun onAvailable(network: Network) {
            trySend(NetworkChange.AVAILABLE)
        }

        override fun onLost(network: Network) {
            trySend(NetworkChange.LOST)
        }
    }
    // Android calls back only where there is a network.
    if (getNetworkCapabilities(activeNetwork)?.hasCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET) != true) {
        trySend(NetworkChange.LOST)
    }
    registerDefaultNetworkCallback(callback)
    awaitClose { unregisterNetworkCallback(callback) }
}.conflate()
