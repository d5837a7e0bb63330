package org.bulla.app

import androidx.activity.ComponentActivity

class MainActivity : ComponentActivity()
