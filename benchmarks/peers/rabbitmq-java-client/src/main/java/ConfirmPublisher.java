import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.util.Arrays;
import java.util.HashSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Publishes persistent messages and counts their confirms: with a rate, evenly spaced; with rate 0, as many as the window
 * of unconfirmed messages lets through. Records no latency.
 *
 * <p>Arguments: uri queue bytes seconds ratePerSecond window
 */
public final class ConfirmPublisher {
  /** Confirms may come singly, for several at once, and out of order. Only the connection's own thread touches these. */
  private static long confirmedUpTo = 0;
  private static final HashSet<Long> ahead = new HashSet<>();

  public static void main(String[] args) throws Exception {
    String queue = args[1];
    byte[] body = new byte[Integer.parseInt(args[2])];
    Arrays.fill(body, (byte) 'x');
    long durationNs = (long) (Double.parseDouble(args[3]) * 1e9);
    long rate = Long.parseLong(args[4]);
    int window = Integer.parseInt(args[5]);
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(args[0]);
    Semaphore free = new Semaphore(window);
    LongAdder refused = new LongAdder();
    try (Connection connection = factory.newConnection()) {
      Channel channel = connection.createChannel();
      channel.queueDeclarePassive(queue);
      channel.confirmSelect();
      channel.addConfirmListener(
          (tag, multiple) -> confirm(tag, multiple, free),
          (tag, multiple) -> refused.add(confirm(tag, multiple, free)));
      AMQP.BasicProperties persistent = MessageProperties.MINIMAL_PERSISTENT_BASIC;
      long startNs = System.nanoTime();
      long sent = 0;
      while (true) {
        long elapsedNs = System.nanoTime() - startNs;
        if (elapsedNs >= durationNs) break;
        if (rate > 0) {
          long dueNs = sent * 1_000_000_000L / rate;
          if (dueNs > elapsedNs) {
            LockSupport.parkNanos(dueNs - elapsedNs);
            continue;
          }
        }
        free.acquire();
        channel.basicPublish("", queue, persistent, body);
        sent++;
      }
      boolean all = free.tryAcquire(window, 10, TimeUnit.SECONDS);
      double seconds = (System.nanoTime() - startNs) / 1e9;
      long completed = (all ? sent : sent - (window - free.availablePermits())) - refused.sum();
      System.out.printf(
          "{\"completed\":%d,\"failed\":%d,\"perSecond\":%s}%n",
          completed, sent - completed, completed / seconds);
    }
  }

  /** Returns how many messages this confirm settles. */
  private static int confirm(long tag, boolean multiple, Semaphore free) {
    int count = 1;
    if (multiple) {
      count = 0;
      for (long each = confirmedUpTo + 1; each <= tag; each++) if (!ahead.remove(each)) count++;
      confirmedUpTo = tag;
    } else if (tag == confirmedUpTo + 1) {
      confirmedUpTo = tag;
    } else {
      ahead.add(tag);
    }
    while (!ahead.isEmpty() && ahead.remove(confirmedUpTo + 1)) confirmedUpTo++;
    free.release(count);
    return count;
  }
}
