// SPDX-License-Identifier: MIT
//
// Stands for a driver that is loaded and does nothing.
int DriverEntry(void *driver, void *registry)
{
    (void)driver;
    (void)registry;
    return 0;
}
